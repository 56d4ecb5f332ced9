using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Which moves a run makes when its worker ends. Pure.</summary>
internal static class RunOutcome
{
    /// <summary>The moves when the worker said goodbye; none when the run has ended already.</summary>
    public static IReadOnlyList<(RunState State, string Cause)> Of(RunState from, DoneEvent done)
    {
        if (!from.IsActive())
            return [];
        return done.Outcome switch
        {
            Outcome.Completed => [.. By(from, Running, when: from == Starting), (Completed, done.Reason ?? "Trained all its epochs.")],
            Outcome.Failed => [(Failed, done.Reason ?? "The worker failed without giving a reason.")],
            Outcome.Stopped => [.. By(from, Stopping, when: from != Stopping), (Stopped, done.Reason ?? "Stopped on request.")],
            // A guard's: the worker itself decided.
            Outcome.Paused when from is Running && done.Reason is string guard => [(Pausing, guard), (Paused, guard)],
            // Nobody asked for the pause: the worker lost its server, or the server is going.
            Outcome.Paused when from is Starting or Running =>
                [(Interrupted, "The program went away; the worker wrote a checkpoint."), (Queued, "Goes on from the last checkpoint by itself.")],
            Outcome.Paused when from == Stopping => [(Stopped, done.Reason ?? "Stopped on request.")],
            _ => [(Paused, done.Reason ?? "Paused on request.")],
        };
    }

    private static IEnumerable<(RunState, string)> By(RunState from, RunState through, bool when) =>
        when ? [(through, $"The worker ended the run while it was {from.Word()}.")] : [];
}
