using System.Diagnostics;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Scheduling.Tests;

/// <summary>A data folder on a small disk of its own, which only the administrator can make.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();
    private bool _mounted;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string folder = _lab.Paths.DataDirectory;
        Directory.CreateDirectory(folder);
        _mounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && await RunAsync("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder);
        if (_mounted)
            await _lab.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _lab.StopAsync();
        // Lazily, because pooled connections may still hold the database open.
        if (_mounted)
            Assert.True(await RunAsync("umount", "-l", _lab.Paths.DataDirectory));
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task Run_WhenTheDiskFills_EndsTrulyAndGoesOnOnceThereIsRoom()
    {
        Assert.SkipUnless(_mounted, "needs Linux and the right to mount a small disk");
        Guid id = await _lab.LaunchAsync("large");
        await _lab.WaitForStepAsync(id, 40);
        string filler = Path.Combine(_lab.Paths.DataDirectory, "filler");
        Fill(filler);

        Run failed = await _lab.WaitForAsync(id, RunState.Failed);
        await _lab.WaitForFreeSlotAsync(id);
        long stored = (await _lab.LossAsync(id)).Steps[^1];
        Assert.True(stored >= 40);
        // Worker or server, whoever needed room first, says so.
        Assert.Contains("disk", failed.Reason, StringComparison.Ordinal);
        // The worker took its unfinished files away, which may have made room.
        string rest = Path.Combine(_lab.Paths.DataDirectory, "rest");
        Fill(rest);
        StorageFullException refused = await Assert.ThrowsAsync<StorageFullException>(() => _lab.Runs.CreateAsync(new RunRequest("another", TestLab.Spec("large")), Cancel));
        Assert.Contains("is full", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageFullException>(() => _lab.Runs.ResumeAsync(id, "test", null, Cancel));
        Assert.Equal(RunState.Failed, (await _lab.RunAsync(id)).State);

        File.Delete(filler);
        File.Delete(rest);
        var reserve = _lab.Services.GetRequiredService<DiskReserve>();
        while (reserve.Shortage is not null)
            await Task.Delay(50, Cancel);
        Assert.Null(await _lab.Runs.ResumeAsync(id, "test", null, Cancel));
        await _lab.WaitForStepAsync(id, stored + 1);
        MetricSeriesData loss = await _lab.LossAsync(id);
        Assert.Equal(Enumerable.Range(1, loss.Steps.Length).Select(s => (long)s), loss.Steps);
        Assert.Equal("ok", await _lab.ReadAsync(db => db.Database.SqlQuery<string>($"SELECT integrity_check AS Value FROM pragma_integrity_check").SingleAsync(Cancel)));
        Assert.Null(await _lab.Runs.CancelAsync(id, "test", null, Cancel));
        await _lab.WaitForAsync(id, RunState.Canceled);
    }

    private static void Fill(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
                stream.Write(page);
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode == 0;
    }
}
