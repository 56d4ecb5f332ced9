using LrcnLab.Core.Events;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Features.Runs.Logs;

namespace LrcnLab.Web.Features.Runs;

/// <summary>What a run's log says that must not stay hidden in it: warnings, and whether resuming was tried and is exact. Reads on where it ended before.</summary>
public sealed class RunRemarks(RunLog log, Guid run)
{
    private const int Shown = 3, LinesARead = 2000;

    private readonly List<LogLine> _warnings = [];
    private long _next;

    /// <summary>The newest warnings, the latest first; one for each subject, which is what stands before the first colon.</summary>
    public IReadOnlyList<LogLine> Warnings => [.. _warnings.AsEnumerable().Reverse().Take(Shown)];

    /// <summary>Null while not known.</summary>
    public bool? ResumeExact { get; private set; }

    public async Task ReadOnAsync(CancellationToken cancel)
    {
        IReadOnlyList<LogLine> lines;
        do
        {
            lines = await log.ReadAsync(run, _next, LinesARead, cancel);
            foreach (LogLine line in lines)
                Take(line);
        }
        while (lines.Count == LinesARead);
    }

    private void Take(LogLine line)
    {
        // Two readings may overlap.
        if (line.N < _next)
            return;
        _next = line.N + 1;
        if (line.Message == WorkerProtocol.ResumeVerified)
        {
            ResumeExact = true;
        }
        else if (line.Message.StartsWith(WorkerProtocol.ResumeNotExact, StringComparison.Ordinal))
        {
            ResumeExact = false;
        }
        else if (line.Level == Core.Events.LogLevel.Warning)
        {
            _warnings.RemoveAll(w => Subject(w) == Subject(line));
            _warnings.Add(line with { Message = AnsiText.Plain(line.Message) });
        }
    }

    private static string Subject(LogLine line) => line.Message.Split(':', '.')[0];
}
