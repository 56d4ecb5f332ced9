using LrcnLab.Core.Events;
using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Runs;

/// <summary>One line of a run's log.</summary>
/// <param name="N">Number of the line, from 1.</param>
/// <param name="Time">UTC.</param>
public sealed record LogLine(long N, DateTime Time, LogLevel Level, string Message);

public sealed class RunLog(LabPaths paths)
{
    /// <summary>Up to <paramref name="max"/> lines from number <paramref name="from"/> on, by rising number; a negative <paramref name="from"/> counts from the end.</summary>
    public Task<IReadOnlyList<LogLine>> ReadAsync(Guid runId, long from, int max, CancellationToken cancellationToken) => throw new NotImplementedException(paths.ToString());
}
