using CsCheck;
using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Core.Tests.Runs;

/// <summary>Places in the queue, and who leaves for whom.</summary>
public sealed class QueueTests
{
    private static readonly Gen<QueuePlace> Places = Gen.Select(Gen.Int[-3, 3], Gen.Int[0, 1000], (priority, order) => new QueuePlace(priority, order));

    [Fact]
    public void Between_AnyTwoNeighbours_IsBetweenThem() => Gen.Select(Places, Places.Array[0, 12], Gen.Int[0, 12]).Sample((moved, others, at) =>
    {
        QueuePlace[] queue = Sorted(others.Distinct());
        at = Math.Min(at, queue.Length);
        QueuePlace place = moved.Between(at > 0 ? queue[at - 1] : null, at < queue.Length ? queue[at] : null);

        Assert.Equal([.. queue[..at], place, .. queue[at..]], Sorted([.. queue, place]));
        Assert.Null(QueuePlace.Refusal(place.Priority));
    });

    [Fact]
    public void Between_NeighboursAroundItsPriority_KeepsThePriority() =>
        Assert.Equal(2, new QueuePlace(2, 5).Between(new QueuePlace(4, 1), new QueuePlace(-1, 9)).Priority);

    [Theory]
    [InlineData(-11)]
    [InlineData(11)]
    public void Refusal_OfAPriorityOutside_NamesWhatIsAllowed(int priority) => Assert.Equal($"The priority is {priority}: allowed are -10 (last) to 10 (first).", QueuePlace.Refusal(priority));

    [Fact]
    public void Choose_ForAnyQueue_TakesSlotsOnlyFromLowerOnesAndNeverMoreThanNeeded() =>
        Gen.Select(Gen.Int[-3, 3].Array[0, 8], Gen.Int[0, 3], Gen.Int[-3, 3].Array[0, 8]).Sample((waiting, free, running) =>
        {
            int[] queue = [.. waiting.OrderDescending()];
            RunningRun[] runs = [.. running.Select((priority, i) => new RunningRun(new Guid(i, 0, 0, new byte[8]), priority, DateTime.UnixEpoch.AddSeconds(i * 7 % 5)))];
            var chosen = Preemption.Choose(queue, free, runs);

            Assert.All(chosen, c => Assert.True(runs.Single(r => r.Id == c.Leaving).Priority < queue[c.Waiting]));
            Assert.Equal(Enumerable.Range(free, chosen.Count), chosen.Select(c => c.Waiting));
            Assert.Equal(chosen.Count, chosen.Select(c => c.Leaving).Distinct().Count());
            // Whoever stays is no lower than whoever leaves, and nobody waits for a lower one that stays.
            RunningRun[] staying = [.. runs.Where(r => chosen.All(c => c.Leaving != r.Id))];
            Assert.All(chosen, c => Assert.All(staying, s => Assert.True(runs.Single(r => r.Id == c.Leaving).Priority <= s.Priority)));
            Assert.All(queue.Skip(free + chosen.Count).Take(1), w => Assert.All(staying, s => Assert.True(s.Priority >= w)));
        });

    [Fact]
    public void Choose_AmongEquals_TakesTheOneThatBeganLast()
    {
        RunningRun early = new(Guid.CreateVersion7(), 0, DateTime.UnixEpoch), late = new(Guid.CreateVersion7(), 0, DateTime.UnixEpoch.AddHours(1));
        Assert.Equal([(0, late.Id)], Preemption.Choose([1], 0, [early, late]));
    }

    private static QueuePlace[] Sorted(IEnumerable<QueuePlace> places) => [.. places.OrderByDescending(p => p.Priority).ThenBy(p => p.Order)];
}
