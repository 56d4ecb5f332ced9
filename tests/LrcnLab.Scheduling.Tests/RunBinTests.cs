using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Runs are deleted in two steps, and nothing of them stays or is missing after either, also when the program dies in between.</summary>
public sealed class RunBinTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunBin Bin => _lab.Services.GetRequiredService<RunBin>();

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Put_OfARunThatTrains_IsRefusedForAll()
    {
        Guid done = await CompletedAsync(), busy = await _lab.LaunchAsync("long"), waiting = await _lab.LaunchAsync("normal");
        await _lab.WaitForStepAsync(busy, 1);

        Assert.Equal("\"long run\" is running: stop or kill it first.", await Bin.PutAsync([done, busy], "ada", Cancel));
        Assert.Equal("\"normal run\" is queued: cancel it first.", await Bin.PutAsync([done, waiting], "ada", Cancel));
        Assert.StartsWith("There is no run", await Bin.PutAsync([done, Guid.CreateVersion7()], "ada", Cancel), StringComparison.Ordinal);
        Assert.Null((await _lab.RunAsync(done)).BinnedAt);
    }

    [Fact]
    public async Task RunInTheBin_StaysWholeAndStill_UntilItIsRestored()
    {
        Guid run = await CompletedAsync();
        Assert.Null(await Bin.PutAsync([run], "ada", Cancel));
        DateTime? since = (await _lab.RunAsync(run)).BinnedAt;
        Assert.Null(await Bin.PutAsync([run], "grace", Cancel));
        Assert.Equal((since, "ada"), ((await _lab.RunAsync(run)).BinnedAt, (await _lab.RunAsync(run)).BinnedBy));

        Assert.Equal("\"normal run\" is in the bin: restore it first.", await _lab.Runs.ContinueAsync(run, 9, null, Cancel));
        Assert.Null(await Bin.RestoreAsync([run], Cancel));
        Assert.Null(await _lab.Runs.ContinueAsync(run, 4, null, Cancel));
        await _lab.WaitUntilAsync(run, r => r.State == Completed && r.Step == 80, "step 80");
    }

    [Fact]
    public async Task Remove_TakesEverythingThatIsItsAlone()
    {
        Guid run = await CompletedAsync(), other = await CompletedAsync();
        Checkpoint last = await LastAsync(run);
        Guid fork = await _lab.LaunchAsync(new RunRequest("fork", TestLab.Spec("normal") with { Training = TestLab.Spec("normal").Training with { Epochs = 99 } }) { Fork = last.Id });
        await _lab.WaitForAsync(fork, Completed);
        List<string> own = await _lab.ReadAsync(db => db.PredictionFiles.Where(p => p.RunId == run).Select(p => p.Sha256).ToListAsync(Cancel));
        Assert.Equal("\"normal run\" is not in the bin: put it there first.", await Bin.RemoveAsync(run, Cancel));
        await Bin.PutAsync([run], null, Cancel);
        BinContents before = await Bin.ContentsAsync(Cancel);

        Assert.Null(await Bin.RemoveAsync(run, Cancel));

        Assert.Equal(1, before.Runs);
        Assert.True(before.Bytes > 0);
        Assert.Equal((0, 0, 0), await _lab.ReadAsync(async db => (await db.MetricSeries.CountAsync(s => s.RunId == run, Cancel), await db.Checkpoints.CountAsync(c => c.RunId == run, Cancel), await db.RunStateChanges.CountAsync(c => c.RunId == run, Cancel))));
        Assert.Equal(0, await _lab.ReadAsync(db => db.MetricBlocks.CountAsync(b => !db.MetricSeries.Any(s => s.Id == b.SeriesId), Cancel)));
        Assert.False(Directory.Exists(_lab.Paths.RunFolder(run)));
        // The fork begins with this file.
        Assert.True(File.Exists(_lab.Paths.ArtifactFile(last.Sha256)));
        Assert.All(own.Where(sha => sha != last.Sha256), sha => Assert.Equal(Referred(sha), File.Exists(_lab.Paths.ArtifactFile(sha))));
        Assert.Equal(new BinContents(0, 0), await Bin.ContentsAsync(Cancel));
        Assert.Equal(Completed, (await _lab.RunAsync(other)).State);
        Assert.NotEmpty((await _lab.LossAsync(other)).Steps);

        await Bin.PutAsync([fork, other], null, Cancel);
        var removed = new List<int>();
        Assert.Equal(2, await Bin.EmptyAsync(null, removed.Add, Cancel));
        Assert.Equal([1, 2], removed);
        Assert.Empty(Directory.EnumerateFiles(_lab.Paths.ArtifactRoot, "*", SearchOption.AllDirectories));
        Assert.Equal((0, 0), await _lab.ReadAsync(async db => (await db.Artifacts.CountAsync(Cancel), await db.Removals.CountAsync(Cancel))));

        bool Referred(string sha) => _lab.ReadAsync(db => db.PredictionFiles.AnyAsync(p => p.Sha256 == sha, Cancel)).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task Removal_CutShort_IsFinishedAtTheNextStart()
    {
        Guid run = await CompletedAsync();
        Checkpoint last = await LastAsync(run);
        // As after a crash between the rows and the files.
        await _lab.WriteAsync(async db =>
        {
            db.Removals.Add(new Removal { RunId = run, Artifacts = [last.Sha256], Since = DateTime.UtcNow });
            db.Runs.Remove(await db.Runs.SingleAsync(r => r.Id == run, Cancel));
            await db.SaveChangesAsync(Cancel);
        });
        Assert.True(Directory.Exists(_lab.Paths.RunFolder(run)));
        await _lab.StopAsync();

        await _lab.StartAsync();

        await UntilAsync(async () => !Directory.Exists(_lab.Paths.RunFolder(run)) && !File.Exists(_lab.Paths.ArtifactFile(last.Sha256)) && await _lab.ReadAsync(db => db.Removals.CountAsync(Cancel)) == 0);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(0, false)]
    public async Task OldRunsOfTheBin_GoByThemselves_IfTheSettingsSaySo(int days, bool gone)
    {
        Guid old = await CompletedAsync(), young = await CompletedAsync();
        await Bin.PutAsync([old, young], null, Cancel);
        await _lab.WriteAsync(db => db.Runs.Where(r => r.Id == old).ExecuteUpdateAsync(r => r.SetProperty(x => x.BinnedAt, DateTime.UtcNow.AddDays(-31)), Cancel));

        _lab.Options = _lab.Options with { BinDays = days };
        await _lab.StopAsync();
        await _lab.StartAsync();
        if (gone)
            await UntilAsync(async () => !await _lab.ReadAsync(db => db.Runs.AnyAsync(r => r.Id == old, Cancel)));
        await Task.Delay(500, Cancel);

        Assert.Equal((!gone, true), await _lab.ReadAsync(async db => (await db.Runs.AnyAsync(r => r.Id == old, Cancel), await db.Runs.AnyAsync(r => r.Id == young, Cancel))));
    }

    private async Task<Guid> CompletedAsync()
    {
        Guid run = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(run, Completed);
        await _lab.WaitForFreeSlotAsync(run);
        return run;
    }

    private Task<Checkpoint> LastAsync(Guid run) => _lab.ReadAsync(db => db.Checkpoints.AsNoTracking().SingleAsync(c => c.RunId == run && c.Kind == "last", Cancel));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(60);
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, "It did not happen within a minute.");
            await Task.Delay(100, Cancel);
        }
    }
}
