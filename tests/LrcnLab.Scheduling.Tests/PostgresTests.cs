using System.Diagnostics;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Rows and queue in PostgreSQL, where the queue outlives the program.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _lab.UsePostgresAsync();
        await _lab.StartAsync();
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Runs_ThroughAStopOfTheProgram_RunOnceAndGoOn()
    {
        Guid id = await _lab.LaunchAsync("long"), waiting = await _lab.LaunchAsync("normal");
        await _lab.WaitForStepAsync(id, 30);
        await _lab.StopAsync();
        await _lab.StartAsync();
        long checkpoint = await _lab.ReadAsync(db => db.Checkpoints.Select(c => c.Step).SingleAsync(Cancel));
        await _lab.WaitForStepAsync(id, checkpoint + 20);
        Assert.Null(await _lab.Runs.StopAsync(id, "Enough.", null, Cancel));
        await _lab.WaitForAsync(id, Stopped);
        await _lab.WaitForAsync(waiting, Completed);

        Assert.Equal((2, 1), (_lab.Starts(id).Length, _lab.Starts(waiting).Length));
        MetricSeriesData loss = await _lab.LossAsync(id);
        Assert.Equal(Enumerable.Range(1, loss.Steps.Length).Select(s => (long)s), loss.Steps);
    }

    [Fact]
    public async Task Kill_OfTheWorker_InterruptsAndGoesOn()
    {
        Guid id = await _lab.LaunchAsync("long");
        await _lab.WaitForStepAsync(id, 25);
        Process.GetProcessById(await _lab.WorkerPidAsync(id)).Kill();

        await _lab.WaitUntilAsync(id, r => r.Attempt == 2 && r.State == Running, "a second attempt");
        Assert.Equal([Queued, Starting, Running, Interrupted, Queued, Starting, Running], await _lab.StatesAsync(id));
        Assert.Contains("SIGKILL", (await _lab.CausesAsync(id))[3], StringComparison.Ordinal);
        Assert.True((await _lab.LossAsync(id)).Steps.Length >= 25);
    }
}
