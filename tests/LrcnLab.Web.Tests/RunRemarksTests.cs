using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Features.Runs;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class RunRemarksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly Guid _run = Guid.CreateVersion7();
    private readonly RunRemarks _remarks;
    private long _lines;

    public RunRemarksTests() => _remarks = new RunRemarks(new RunLog(new LabPaths(_folder)), _run);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ReadOn_NoLogYet_SaysNothing()
    {
        await _remarks.ReadOnAsync(TestContext.Current.CancellationToken);
        Assert.Null(_remarks.ResumeExact);
        Assert.Empty(_remarks.Warnings);
    }

    [Fact]
    public async Task ReadOn_GrowingLog_KeepsTheNewestWarningOfEachSubject()
    {
        await WriteAsync(LogLevel.Information, WorkerProtocol.ResumeVerified);
        await WriteAsync(LogLevel.Warning, "Not learning: after 3 epochs.");
        await WriteAsync(LogLevel.Warning, "Gradient exploding: at step 5.");
        await _remarks.ReadOnAsync(TestContext.Current.CancellationToken);
        Assert.True(_remarks.ResumeExact);
        await WriteAsync(LogLevel.Warning, "Not learning: after 4 epochs.");
        await _remarks.ReadOnAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Not learning: after 4 epochs.", "Gradient exploding: at step 5."], _remarks.Warnings.Select(w => w.Message));
    }

    [Fact]
    public async Task ReadOn_LaterAttemptNotExact_SaysSo()
    {
        await WriteAsync(LogLevel.Information, WorkerProtocol.ResumeVerified);
        await WriteAsync(LogLevel.Warning, $"{WorkerProtocol.ResumeNotExact}: after a step conv1.weight differs.");
        await _remarks.ReadOnAsync(TestContext.Current.CancellationToken);
        Assert.False(_remarks.ResumeExact);
        Assert.Empty(_remarks.Warnings);
    }

    private async Task WriteAsync(LogLevel level, string message)
    {
        string folder = new LabPaths(_folder).RunFolder(_run);
        Directory.CreateDirectory(folder);
        await File.AppendAllTextAsync(Path.Combine(folder, "log.jsonl"), JsonSerializer.Serialize(new LogLine(++_lines, DateTime.UtcNow, level, message), LabJson.Options) + "\n");
    }
}
