using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Core.Runs;

/// <summary>The one table of legal moves between run states.</summary>
public static class RunTransitions
{
    private static readonly Dictionary<RunState, RunState[]> Table = new()
    {
        [Draft] = [Queued, Canceled],
        [Queued] = [Starting, Paused, Canceled, Failed],
        [Starting] = [Running, Pausing, Stopping, Failed, Interrupted, Canceled],
        [Running] = [Pausing, Stopping, Completed, Failed, Interrupted, Canceled],
        [Pausing] = [Paused, Stopping, Completed, Failed, Interrupted, Canceled],
        [Paused] = [Queued, Stopped, Canceled],
        [Stopping] = [Stopped, Completed, Failed, Interrupted, Canceled],
        [Interrupted] = [Queued, Stopped, Canceled],
        [Completed] = [Queued],
        [Stopped] = [Queued],
        [Failed] = [Queued],
        [Canceled] = [Queued],
    };

    public static bool IsAllowed(RunState from, RunState to) => Table[from].Contains(to);

    /// <summary>Null when the move is legal, else a sentence that names both states and what is allowed.</summary>
    public static string? Refusal(RunState from, RunState to) =>
        IsAllowed(from, to) ? null : $"A run that is {Word(from)} cannot become {Word(to)}; from {Word(from)} it can become {string.Join(", ", Table[from].Select(Word))}.";

    /// <summary>True when a worker process exists or should exist.</summary>
    public static bool IsActive(this RunState state) => state is Starting or Running or Pausing or Stopping;

    /// <summary>True when nothing more happens unless somebody asks for it.</summary>
    public static bool IsEnd(this RunState state) => state is Completed or Stopped or Failed or Canceled;

    /// <summary>The word that people read.</summary>
    public static string Word(this RunState state) => state.ToString().ToLowerInvariant();
}
