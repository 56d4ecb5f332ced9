using LrcnLab.Core.Events;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Tests;

public sealed class LogSearchTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lrcnlab-");
    private readonly Guid _run = Guid.CreateVersion7();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Search_FindsLinesWithThoseAround()
    {
        RunLog log = await WriteAsync();
        LogHits hits = await log.SearchAsync(_run, Of("LINE (3|17)$", context: 1), Cancel);

        Assert.Equal((2, 20), (hits.Count, hits.Searched));
        Assert.Equal([(2L, false), (3L, true), (4L, false), (16L, false), (17L, true), (18L, false)], hits.Lines.Select(h => (h.Line.N, h.IsHit)));
    }

    [Fact]
    public async Task Search_ByLevelAlone_FindsAllOfIt()
    {
        RunLog log = await WriteAsync();
        Assert.Equal([5L, 10, 15, 20], (await log.SearchAsync(_run, Of(null, LogLevel.Warning), Cancel)).Lines.Select(h => h.Line.N));
    }

    [Theory]
    [InlineData("(a", "is no regular expression")]
    [InlineData("a(?=b)", "looks around or back")]
    [InlineData("(a)\\1", "looks around or back")]
    public void Patterns_ThatCannotBe_AreRefusedInWords(string pattern, string expected) => Assert.Contains(expected, LogSearch.Of(pattern, default, 0).Refusal, StringComparison.Ordinal);

    [Fact]
    public void Context_HasABound() => Assert.Equal("21 lines of context are not allowed: from 0 to 20.", LogSearch.Of("a", default, 21).Refusal);

    [Fact]
    public async Task Line_ThatIsBeingWritten_IsReadWhenItIsWhole()
    {
        RunLog log = await WriteAsync();
        string file = Directory.GetFiles(_folder.FullName, "log.jsonl", SearchOption.AllDirectories).Single();
        await File.AppendAllTextAsync(file, "{\"n\":21,\"time\":\"2026-01-01T00:00:00Z\",\"level\":\"information\",\"mess", Cancel);
        Assert.Equal(20, (await log.ReadAsync(_run, 1, 100, Cancel))[^1].N);
        await File.AppendAllTextAsync(file, "age\":\"whole\"}\n", Cancel);
        Assert.Equal("whole", (await log.ReadAsync(_run, 21, 100, Cancel)).Single().Message);
    }

    [Fact]
    public async Task Colours_StayAndOtherSequencesGo()
    {
        var log = new RunLog(new LabPaths(_folder.FullName));
        using (RunLogWriter writer = await log.OpenAsync(_run, Cancel))
            writer.Append(DateTime.UtcNow, LogLevel.Information, "\u001b[31mred\u001b[0m\u001b[2J\u001b]0;title\u0007\u0008!");
        Assert.Equal("\u001b[31mred\u001b[0m!", (await log.ReadAsync(_run, 1, 1, Cancel)).Single().Message);
    }

    private static LogSearch Of(string? pattern, LogLevel level = default, int context = 0) => LogSearch.Of(pattern, level, context).Search!;

    private async Task<RunLog> WriteAsync()
    {
        var log = new RunLog(new LabPaths(_folder.FullName));
        using RunLogWriter writer = await log.OpenAsync(_run, Cancel);
        for (int i = 1; i <= 20; i++)
            writer.Append(DateTime.UtcNow, i % 5 == 0 ? LogLevel.Warning : LogLevel.Information, $"line {i}");
        return log;
    }
}
