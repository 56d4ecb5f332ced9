using CsCheck;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Runs;

/// <summary>Who starts, who leaves, and who waits for what.</summary>
public sealed class QueueRulesTests
{
    private static readonly Guid Red = new(1, 0, 0, new byte[8]), Blue = new(2, 0, 0, new byte[8]), Sweep = new(3, 0, 0, new byte[8]);

    [Fact]
    public void Decide_TwoFreeSlots_StartsTheHighestPriorityThenTheFirstInOrder()
    {
        QueueDecision decision = Decide(2, [], Waits(0, order: 1), Waits(0, order: 2), Waits(3, order: 3));
        Assert.Equal([(2, 0), (0, 1)], decision.Starts.Select(s => (s.Item, s.Slots.Single())));
        Assert.Equal([null, new QueueWait(true, "a slot"), null], decision.Waits);
    }

    [Fact]
    public void Decide_ProjectsOfEqualPriority_TakeTurnsByShare()
    {
        var groups = new Dictionary<Guid, GroupUse> { [Red] = new("red", 0, null, 0, Share: 2), [Blue] = new("blue", 0, null, 0) };
        WaitingItem red = Waits(0, order: 1) with { Project = Red, Groups = [Red], Count = 100 }, blue = red with { Project = Blue, Groups = [Blue], Order = 50 };
        QueueDecision decision = QueueRules.Decide([red, blue], Machine(9), Open(9), [], groups);
        Assert.Equal((6, 3), (decision.Starts.Count(s => s.Item == 0), decision.Starts.Count(s => s.Item == 1)));
    }

    [Fact]
    public void Decide_AProjectThatHoldsSlots_LetsTheOtherGoFirst()
    {
        var groups = new Dictionary<Guid, GroupUse> { [Red] = new("red", 1, null, 1) };
        WaitingItem red = Waits(0, order: 1) with { Project = Red, Groups = [Red] }, blue = Waits(0, order: 2) with { Project = Blue, Groups = [Blue] };
        Assert.Equal([1], QueueRules.Decide([red, blue], Machine(1), Open(1), [], groups).Starts.Select(s => s.Item));
    }

    [Fact]
    public void Decide_ALimit_KeepsItsOwnAndNobodyElse()
    {
        var groups = new Dictionary<Guid, GroupUse> { [Red] = new("the project \"red\"", 1, 5, 1), [Sweep] = new("the sweep \"search\"", 1, 2, 0) };
        WaitingItem trial = Waits(5, order: 1) with { Project = Red, Groups = [Red, Sweep], Count = 4 }, other = Waits(0, order: 2);
        QueueDecision decision = QueueRules.Decide([trial, other], Machine(3), Open(3), [], groups);
        Assert.Equal([0, 1], decision.Starts.Select(s => s.Item));
        Assert.Equal(new QueueWait(false, "the limit of the sweep \"search\": 2 runs at once"), decision.Waits[0]);
        Assert.Empty(decision.Leaves);
    }

    [Fact]
    public void Decide_ALimitOnAHighPriority_MakesNobodyLeave()
    {
        var groups = new Dictionary<Guid, GroupUse> { [Red] = new("red", 0, 0, 0) };
        Assert.Empty(QueueRules.Decide([Waits(9, 1) with { Project = Red, Groups = [Red] }], Machine(1), Open(1), [Sits(0)], groups).Leaves);
    }

    [Theory]
    [InlineData(5.0, 10.0, true)]
    [InlineData(20.0, 10.0, false)]
    [InlineData(null, 10.0, false)]
    [InlineData(5.0, null, false)]
    public void Decide_AGapBeforeALargeRun_TakesASmallOneOnlyIfItEndsInTime(double? small, double? left, bool fills)
    {
        QueueDecision decision = Decide(2, [Sits(0, priority: 0, left: left)], Waits(0, order: 1, slots: 2), Waits(0, order: 2) with { Seconds = small });
        Assert.Equal(fills ? [1] : [], decision.Starts.Select(s => s.Item));
        Assert.Equal(new QueueWait(true, "2 slots"), decision.Waits[0]);
    }

    [Fact]
    public void Decide_ALargeRunOfHigherPriority_MakesAsManyLeaveAsItNeeds()
    {
        SeatedRun large = Sits(0, priority: 1) with { Slots = [0, 1] }, low = Sits(2, priority: 0), high = Sits(3, priority: 4);
        Assert.Equal([large.Id], Decide(4, [large, low, high], Waits(2, order: 1, slots: 2)).Leaves.Select(l => l.Leaving));
        Assert.Equal([low.Id], Decide(4, [large, low, high], Waits(2, order: 1)).Leaves.Select(l => l.Leaving));
        // For four, the highest would have to leave too.
        Assert.Empty(Decide(4, [large, low, high], Waits(2, order: 1, slots: 4), Waits(2, order: 2)).Leaves);
    }

    [Fact]
    public void Decide_ASlotThatIsBeingGivenBack_MakesNobodyElseLeave()
    {
        SeatedRun leaving = Sits(0) with { IsLeaving = true }, staying = Sits(1);
        Assert.Empty(Decide(2, [leaving, staying], Waits(5, order: 1)).Leaves);
        Assert.Equal([staying.Id], Decide(2, [leaving, staying], Waits(5, order: 1), Waits(5, order: 2)).Leaves.Select(l => l.Leaving));
    }

    [Fact]
    public void Decide_WhatThisMachineCannot_SaysSoAndKeepsNobody()
    {
        QueueDecision decision = QueueRules.Decide(
            [Waits(9, 1) with { Device = DeviceKind.Cuda }, Waits(9, 2, slots: 3), Waits(0, 3)], Machine(2), new HashSet<int> { 1 }, [], new Dictionary<Guid, GroupUse>());
        Assert.Equal(["a GPU slot: this machine has none", "3 slots: this machine has 2", null], decision.Waits.Select(w => w?.For));
        Assert.Equal([(2, 1)], decision.Starts.Select(s => (s.Item, s.Slots.Single())));
        Assert.Equal("a slot that is not drained", QueueRules.Decide([Waits(0, 1)], Machine(1), new HashSet<int>(), [], new Dictionary<Guid, GroupUse>()).Waits[0]!.For);
    }

    [Fact]
    public void Decide_ForAnyQueue_GivesNoSlotTwiceAndTakesOnlyFromLowerOnes() => Gen.Select(
        Gen.Select(Gen.Int[-2, 2], Gen.Int[1, 3], Gen.Int[1, 3]).Array[0, 6], Gen.Int[1, 5], Gen.Select(Gen.Int[-2, 2], Gen.Bool).Array[0, 5]).Sample((waiting, slots, running) =>
        {
            WaitingItem[] items = [.. waiting.Select((w, i) => Waits(w.Item1, i, w.Item2) with { Count = w.Item3 })];
            SeatedRun[] seated = [.. running.Take(slots).Select((r, i) => Sits(i, r.Item1) with { IsLeaving = r.Item2 })];
            QueueDecision decision = Decide(slots, seated, items);

            int[] given = [.. decision.Starts.SelectMany(s => s.Slots)];
            Assert.Equal(given.Distinct(), given);
            Assert.DoesNotContain(given, slot => seated.Any(r => r.Slots.Contains(slot)) || slot >= slots);
            Assert.All(decision.Starts, s => Assert.Equal(items[s.Item].Slots, s.Slots.Count));
            Assert.All(decision.Leaves, l => Assert.True(seated.Single(r => r.Id == l.Leaving) is { IsLeaving: false } r && r.Priority < items[l.Item].Priority));
            Assert.Equal(decision.Leaves.Count, decision.Leaves.Select(l => l.Leaving).Distinct().Count());
            // Nobody who could start on what is free is passed over for a lower one.
            int? first = decision.Starts.Count > 0 ? items[decision.Starts[0].Item].Priority : null;
            Assert.All(items.Select((item, i) => (item, i)).Where(w => w.item.Priority > first && w.item.Slots <= slots), w => Assert.NotEqual(slots - seated.Length >= w.item.Slots, decision.Waits[w.i] is not null && decision.Starts.All(s => s.Item != w.i)));
        });

    private static QueueDecision Decide(int slots, SeatedRun[] seated, params WaitingItem[] waiting) => QueueRules.Decide(waiting, Machine(slots), Open(slots), seated, new Dictionary<Guid, GroupUse>());

    private static WaitingItem Waits(int priority, double order, int slots = 1) => new(Red, [], priority, order, DeviceKind.Auto, slots);

    private static SeatedRun Sits(int slot, int priority = 0, double? left = null) => new(new Guid(100 + slot, 0, 0, new byte[8]), priority, DateTime.UnixEpoch.AddSeconds(slot), false, left, [slot]);

    private static IReadOnlyList<Slot> Machine(int slots) => Slot.Divide([new ComputeDevice("cpu", DeviceKind.Cpu, "Processor", 8, 1L << 30)], slots, 1);

    private static HashSet<int> Open(int slots) => [.. Enumerable.Range(0, slots)];
}
