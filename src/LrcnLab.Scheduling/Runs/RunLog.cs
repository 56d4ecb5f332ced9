using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Runs;

/// <summary>
/// The logs of runs: <c>log.jsonl</c> in the run's folder, at most <see cref="MaxFileBytes"/>; when it is full it becomes <c>log.1.jsonl</c>
/// and the one before that goes, so the newest lines are always there.
/// </summary>
public sealed class RunLog(LabPaths paths)
{
    internal const long MaxFileBytes = 16 << 20;
    internal const int MaxLineBytes = 1 << 16;

    /// <summary>Up to <paramref name="max"/> lines from number <paramref name="from"/> on, by rising number; a negative <paramref name="from"/> counts from the end.</summary>
    public async Task<IReadOnlyList<LogLine>> ReadAsync(Guid runId, long from, int max, CancellationToken cancellationToken)
    {
        if (from < 0)
            from = Math.Max(1, ((await LastLineAsync(runId, cancellationToken))?.N ?? 0) + 1 + from);
        var lines = new List<LogLine>();
        foreach (string file in (string[])[OlderFile(runId), CurrentFile(runId)])
            await ReadFileAsync(file, from, max, lines, cancellationToken);
        return lines;
    }

    /// <summary>Finds lines, and those around them.</summary>
    public async Task<LogHits> SearchAsync(Guid runId, LogSearch search, CancellationToken cancellationToken)
    {
        IReadOnlyList<LogLine> all = await ReadAsync(runId, 1, int.MaxValue, cancellationToken);
        return search.Over(all);
    }

    /// <summary>Opens the log for writing; only the one who has the run's lease may.</summary>
    internal async Task<RunLogWriter> OpenAsync(Guid runId, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(paths.RunFolder(runId));
        LogLine? last = await LastLineAsync(runId, cancellationToken);
        long lastSequence = 0;
        // The last line may be the server's own: look back for the last one that came with an event.
        if (last is not null)
        {
            IReadOnlyList<LogLine> tail = await ReadAsync(runId, Math.Max(1, last.N - 1000), 1001, cancellationToken);
            lastSequence = tail.Max(l => l.Sequence) ?? 0;
        }

        return new RunLogWriter(CurrentFile(runId), OlderFile(runId), last?.N ?? 0, lastSequence);
    }

    internal static long? Number(string line)
    {
        // Numbers come first in each line: {"n":123,
        if (!line.StartsWith("{\"n\":", StringComparison.Ordinal))
            return null;
        int comma = line.IndexOf(',', StringComparison.Ordinal);
        return comma > 0 && long.TryParse(line.AsSpan(5, comma - 5), out long number) ? number : null;
    }

    private static async Task ReadFileAsync(string file, long from, int max, List<LogLine> lines, CancellationToken cancellationToken)
    {
        await using FileStream? stream = Open(file);
        if (stream is null)
            return;
        await SortedLines.SeekAsync(stream, MaxLineBytes, Number, from, cancellationToken);
        var reader = new LineReader(stream, MaxLineBytes);
        // One that is being written is read the next time: what comes behind it would hide it otherwise.
        while (lines.Count < max && await reader.ReadAsync(cancellationToken) is Line { IsWhole: true } line)
        {
            if (Parse(line.Text) is LogLine parsed && parsed.N >= from)
                lines.Add(parsed);
        }
    }

    private async Task<LogLine?> LastLineAsync(Guid runId, CancellationToken cancellationToken) =>
        await LastLineAsync(CurrentFile(runId), cancellationToken) ?? await LastLineAsync(OlderFile(runId), cancellationToken);

    private static async Task<LogLine?> LastLineAsync(string file, CancellationToken cancellationToken)
    {
        await using FileStream? stream = Open(file);
        if (stream is null)
            return null;
        stream.Position = Math.Max(0, stream.Length - 2 * MaxLineBytes);
        var reader = new LineReader(stream, MaxLineBytes);
        LogLine? last = null;
        while (await reader.ReadAsync(cancellationToken) is Line line)
            last = Parse(line.Text) ?? last;
        return last;
    }

    private static LogLine? Parse(string line)
    {
        if (Number(line) is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize<LogLine>(line, LabJson.Options);
        }
        catch (JsonException)
        {
            // The torn last line of a program that was killed.
            return null;
        }
    }

    private static FileStream? Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string CurrentFile(Guid runId) => Path.Combine(paths.RunFolder(runId), "log.jsonl");

    private string OlderFile(Guid runId) => Path.Combine(paths.RunFolder(runId), "log.1.jsonl");
}
