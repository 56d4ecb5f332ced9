using LrcnLab.Core.Runs;
using LrcnLab.Storage.Entities;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Whether a run whose worker went away goes on by itself.</summary>
internal static class AutomaticResume
{
    /// <summary>So often without having written a new checkpoint; then somebody has to look.</summary>
    public const int Limit = 3;

    /// <param name="run">Whose worker is gone; what it counts is counted up.</param>
    /// <param name="cause">Why it is interrupted.</param>
    public static IEnumerable<(RunState State, string Cause)> After(Run run, string cause)
    {
        RunState was = run.State;
        yield return (Interrupted, cause);
        if (was == Stopping)
        {
            yield return (Stopped, "It was to stop.");
        }
        else if (was is Starting or Running && run.AutomaticResumes < Limit)
        {
            run.AutomaticResumes++;
            yield return (Queued, $"Goes on from the last checkpoint by itself ({run.AutomaticResumes} of {Limit} times without a new one).");
        }
    }
}
