using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage.Entities;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Runs;

/// <summary>How the server saw a worker's end.</summary>
/// <param name="ServerStopping">The program was being stopped.</param>
/// <param name="KilledState">Where the run belongs because the server killed the worker; null when it did not.</param>
/// <param name="KilledReason">Why it did.</param>
/// <param name="MemoryRanOut">The system ended a process for want of memory meanwhile.</param>
internal sealed record WorkerEnd(bool ServerStopping, RunState? KilledState, string? KilledReason, bool MemoryRanOut = false)
{
    /// <summary>The moves of a run whose worker is gone without having said goodbye.</summary>
    public IEnumerable<(RunState State, string Cause)> Moves(Run run, int exitCode, IReadOnlyList<string> lastErrors)
    {
        if (ServerStopping && run.State is (Starting or Running))
            return [(Interrupted, "The program was stopped before the worker had written a checkpoint."), (Queued, "Goes on from the last checkpoint by itself.")];
        var (state, cause) = KilledState is RunState killed ? (killed, KilledReason!) : WorkerExit.Explain(exitCode, lastErrors, MemoryRanOut);
        return state == Interrupted ? AutomaticResume.After(run, cause) : [(state, cause)];
    }
}
