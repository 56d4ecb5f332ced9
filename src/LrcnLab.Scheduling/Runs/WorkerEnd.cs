using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Workers;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Runs;

/// <summary>How the server saw a worker's end.</summary>
/// <param name="ServerStopping">The program was being stopped.</param>
/// <param name="KilledState">Where the run belongs because the server killed the worker; null when it did not.</param>
/// <param name="KilledReason">Why it did.</param>
internal sealed record WorkerEnd(bool ServerStopping, RunState? KilledState, string? KilledReason)
{
    /// <summary>The moves of a run whose worker is gone without having said goodbye.</summary>
    public IReadOnlyList<(RunState State, string Cause)> Moves(RunState from, int exitCode, IReadOnlyList<string> lastErrors)
    {
        if (ServerStopping && from is (Starting or Running))
            return [(Interrupted, "The program was stopped before the worker had written a checkpoint."), (Queued, "Goes on from the last checkpoint by itself.")];
        return KilledState is RunState state ? [(state, KilledReason!)] : [WorkerExit.Explain(exitCode, lastErrors)];
    }
}
