using LrcnLab.Core.Runs;
using Xunit;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Core.Tests.Runs;

public sealed class RunTransitionsTests
{
    /// <summary>One row a state, one column a target, in the order of the enum; x is a legal move. Written out a second time so that no edge changes unnoticed.</summary>
    private const string Expected = """
                      Dr Qu St Ru Pg Pd Sg Co Sd Fa Ca In
        Draft         .  x  .  .  .  .  .  .  .  .  x  .
        Queued        .  .  x  .  .  x  .  .  .  x  x  .
        Starting      .  .  .  x  x  .  x  .  .  x  x  x
        Running       .  .  .  .  x  .  x  x  .  x  x  x
        Pausing       .  .  .  .  .  x  x  x  .  x  x  x
        Paused        .  x  .  .  .  .  .  .  x  .  x  .
        Stopping      .  .  .  .  .  .  .  x  x  x  x  x
        Completed     .  x  .  .  .  .  .  .  .  .  .  .
        Stopped       .  x  .  .  .  .  .  .  .  .  .  .
        Failed        .  x  .  .  .  .  .  .  .  .  .  .
        Canceled      .  x  .  .  .  .  .  .  .  .  .  .
        Interrupted   .  x  .  .  .  .  .  .  x  .  x  .
        """;

    [Fact]
    public void IsAllowed_OfEveryPair_IsAsInTheTable()
    {
        string[] rows = Expected.Split('\n')[1..];
        RunState[] states = Enum.GetValues<RunState>();
        Assert.Equal(states.Select(s => s.ToString()), rows.Select(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
        foreach (RunState from in states)
        {
            string[] cells = rows[(int)from].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
            Assert.Equal(states.Length, cells.Length);
            foreach (RunState to in states)
                Assert.True(RunTransitions.IsAllowed(from, to) == (cells[(int)to] == "x"), $"{from} to {to} should be {cells[(int)to]}");
        }
    }

    [Fact]
    public void Refusal_OfAnIllegalMove_NamesBothStatesAndWhatIsAllowed()
    {
        foreach (RunState from in Enum.GetValues<RunState>())
        {
            foreach (RunState to in Enum.GetValues<RunState>())
            {
                string? refusal = RunTransitions.Refusal(from, to);
                Assert.Equal(RunTransitions.IsAllowed(from, to), refusal is null);
                if (refusal is null)
                    continue;
                Assert.StartsWith($"A run that is {from.Word()} cannot become {to.Word()};", refusal, StringComparison.Ordinal);
                Assert.All(Enum.GetValues<RunState>().Where(s => RunTransitions.IsAllowed(from, s)), s => Assert.Contains(s.Word(), refusal[refusal.IndexOf(';')..], StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void EveryActiveState_CanFailBeCanceledAndBeInterrupted() =>
        Assert.All(Enum.GetValues<RunState>().Where(s => s.IsActive()), from => Assert.All([Failed, Canceled, Interrupted], to => Assert.True(RunTransitions.IsAllowed(from, to), $"{from} to {to}")));

    [Fact]
    public void EveryState_IsReachedFromADraft() => Assert.Equal(Enum.GetValues<RunState>(), ReachableFrom(Draft).Order());

    [Fact]
    public void EveryEndState_IsReachedFromEveryStateThatIsNone() =>
        Assert.All(Enum.GetValues<RunState>().Where(s => !s.IsEnd()), from => Assert.Subset(ReachableFrom(from), new HashSet<RunState> { Completed, Stopped, Failed, Canceled }));

    [Fact]
    public void NoState_IsActiveAndAtItsEnd() => Assert.All(Enum.GetValues<RunState>(), s => Assert.False(s.IsActive() && s.IsEnd()));

    [Fact]
    public void Queued_ComesBackOnlyFromRest() =>
        Assert.DoesNotContain(Enum.GetValues<RunState>().Where(s => RunTransitions.IsAllowed(s, Queued)), s => s.IsActive());

    private static HashSet<RunState> ReachableFrom(RunState start)
    {
        var seen = new HashSet<RunState> { start };
        var next = new Queue<RunState>([start]);
        while (next.TryDequeue(out RunState from))
        {
            foreach (RunState to in Enum.GetValues<RunState>().Where(to => RunTransitions.IsAllowed(from, to) && seen.Add(to)))
                next.Enqueue(to);
        }

        return seen;
    }
}
