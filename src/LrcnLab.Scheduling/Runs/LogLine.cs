using LrcnLab.Core.Events;

namespace LrcnLab.Scheduling.Runs;

/// <summary>One line of a run's log.</summary>
/// <param name="N">Number of the line, from 1.</param>
/// <param name="Time">UTC.</param>
/// <param name="Level">As the writer judged it.</param>
/// <param name="Message">Text without control characters other than tabs, line ends and terminal colours (SGR).</param>
public sealed record LogLine(long N, DateTime Time, LogLevel Level, string Message)
{
    /// <summary>The worker event that the line came with; absent when the server wrote it.</summary>
    public long? Sequence { get; init; }
}
