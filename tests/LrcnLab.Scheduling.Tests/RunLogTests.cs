using LrcnLab.Core.Events;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Tests;

public sealed class RunLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lrcnlab-").FullName;
    private readonly Guid _run = Guid.CreateVersion7();
    private readonly RunLog _log;

    public RunLogTests() => _log = new RunLog(new LabPaths(_folder));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Append_OfAnEventTwice_WritesOneLine()
    {
        using (RunLogWriter writer = await _log.OpenAsync(_run, Cancel))
        {
            writer.Append(Event(1, "one"));
            writer.Append(Event(2, "two"));
        }

        using (RunLogWriter writer = await _log.OpenAsync(_run, Cancel))
        {
            writer.Append(Event(2, "two"));
            writer.Append(Event(3, "three \u001b[31mred\u001b[0m\u0000"));
        }

        Assert.Equal(["one", "two", "three \u001b[31mred\u001b[0m"], (await _log.ReadAsync(_run, 1, 100, Cancel)).Select(l => l.Message));
        Assert.Equal(["two", "three \u001b[31mred\u001b[0m"], (await _log.ReadAsync(_run, -2, 100, Cancel)).Select(l => l.Message));
    }

    [Fact]
    public async Task Read_FromANumber_FindsItInALongLogThatWasRotated()
    {
        using (RunLogWriter writer = await _log.OpenAsync(_run, Cancel))
        {
            for (int i = 1; i <= 5000; i++)
                writer.Append(DateTime.UnixEpoch, LogLevel.Information, new string('x', 4000 + i % 17));
        }

        using (RunLogWriter writer = await _log.OpenAsync(_run, Cancel))
            writer.Append(DateTime.UnixEpoch, LogLevel.Error, "last");

        IReadOnlyList<LogLine> middle = await _log.ReadAsync(_run, 4321, 3, Cancel);
        Assert.Equal([4321L, 4322L, 4323L], middle.Select(l => l.N));
        Assert.Equal((5001L, "last"), (await _log.ReadAsync(_run, 5001, 3, Cancel)).Select(l => (l.N, l.Message)).Single());
        Assert.True(Directory.GetFiles(Path.Combine(_folder, "runs", _run.ToString())).Sum(f => new FileInfo(f).Length) <= 2 * RunLog.MaxFileBytes + RunLog.MaxLineBytes);
    }

    [Fact]
    public async Task Read_OfATornLine_PassesOverIt()
    {
        using (RunLogWriter writer = await _log.OpenAsync(_run, Cancel))
            writer.Append(Event(1, "one"));
        await File.AppendAllTextAsync(Path.Combine(_folder, "runs", _run.ToString(), "log.jsonl"), "{\"n\":2,\"time\":\"20", Cancel);
        using (RunLogWriter writer = await _log.OpenAsync(_run, Cancel))
            writer.Append(Event(2, "two"));

        Assert.Equal([(1L, "one"), (2L, "two")], (await _log.ReadAsync(_run, 0, 100, Cancel)).Select(l => (l.N, l.Message)));
    }

    private static LogEvent Event(long sequence, string message) => new() { Sequence = sequence, Time = DateTime.UnixEpoch, Level = LogLevel.Information, Message = message };
}
