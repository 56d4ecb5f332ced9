using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Checkpoints that no rule keeps are named first and go only then, with their files; those with a name stay.</summary>
public sealed class RetentionServiceTests : IAsyncLifetime
{
    private static readonly RetentionPolicy LastOnly = new() { Best = 0, Last = 1 };

    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RetentionService Retention => _lab.Services.GetRequiredService<RetentionService>();

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task NamedCheckpoint_StaysWhenANewerOneTakesItsPlace_UntilItHasNoName()
    {
        Guid run = await NamedAndContinuedAsync();
        List<Checkpoint> both = await CheckpointsAsync(run);
        Assert.Equal([("last-60", 60, "for the paper"), ("last", 100, null)], both.Select(c => (c.Kind, (int)c.Step, c.Name)));
        Assert.All(both, c => Assert.True(File.Exists(_lab.Paths.ArtifactFile(c.Sha256))));
        Assert.Empty((await Retention.PlanAsync(LastOnly, Cancel)).Going);

        Assert.Null(await Retention.NameAsync(both[0].Id, " ", Cancel));
        RetentionPlan plan = await Retention.PlanAsync(LastOnly, Cancel);
        Assert.Equal((both[0].Id, "last-60", both[0].Bytes, 1), (plan.Going.Single().Id, plan.Going[0].Kind, plan.FreedBytes, plan.Kept));
        Assert.Equal(2, (await CheckpointsAsync(run)).Count);

        Assert.Equal(plan.Going, (await Retention.ApplyAsync(LastOnly, Cancel)).Going);
        Assert.Equal(["last"], (await CheckpointsAsync(run)).Select(c => c.Kind));
        Assert.False(File.Exists(_lab.Paths.ArtifactFile(both[0].Sha256)));
        Assert.True(File.Exists(_lab.Paths.ArtifactFile(both[1].Sha256)));
        Assert.Empty((await Retention.ApplyAsync(LastOnly, Cancel)).Going);
    }

    [Fact]
    public async Task RunsThatTrainOrLieInTheBin_AreLeftAlone_AndSharedFilesFreeNothing()
    {
        Guid run = await NamedAndContinuedAsync();
        Checkpoint old = (await CheckpointsAsync(run))[0];
        await Retention.NameAsync(old.Id, null, Cancel);
        await _lab.WriteAsync(db =>
        {
            // As a fork that begins with it has it.
            db.Checkpoints.Add(new Checkpoint { RunId = run, Kind = Checkpoint.Start, Epoch = old.Epoch, Step = old.Step, Sha256 = old.Sha256, Bytes = old.Bytes, WeightsBytes = 1, WeightsSha256 = old.WeightsSha256, Metrics = [], CreatedAt = old.CreatedAt });
            return db.SaveChangesAsync(Cancel);
        });
        RetentionPlan plan = await Retention.PlanAsync(LastOnly, Cancel);
        Assert.Equal((1, 0L), (plan.Going.Count, plan.FreedBytes));
        await Retention.ApplyAsync(LastOnly, Cancel);
        Assert.True(File.Exists(_lab.Paths.ArtifactFile(old.Sha256)));

        RetentionPolicy nothingLasts = new() { Best = 1, Metric = "no/such", Last = 0 };
        Assert.Single((await Retention.PlanAsync(nothingLasts, Cancel)).Going);
        await _lab.Services.GetRequiredService<RunBin>().PutAsync([run], null, Cancel);
        Assert.Empty((await Retention.PlanAsync(nothingLasts, Cancel)).Going);
        Guid busy = await _lab.LaunchAsync("long");
        await _lab.WaitForStepAsync(busy, 41);
        Assert.Empty((await Retention.PlanAsync(nothingLasts, Cancel)).Going);
        Assert.Null(await _lab.Runs.PauseAsync(busy, "Later.", null, Cancel));
        await _lab.WaitForAsync(busy, Paused);
        await _lab.WaitForFreeSlotAsync(busy);
        Assert.Empty((await Retention.PlanAsync(nothingLasts, Cancel)).Going);
    }

    [Fact]
    public async Task Rules_AreCheckedKeptAndAppliedAtTheNextStartIfTheySaySo()
    {
        Assert.Equal(new RetentionPolicy(), await Retention.ReadAsync(Cancel));
        Assert.StartsWith("No rule keeps anything", await Retention.SaveAsync(new RetentionPolicy { Best = 0, Last = 0 }, Cancel), StringComparison.Ordinal);
        Guid run = await NamedAndContinuedAsync();
        await Retention.NameAsync((await CheckpointsAsync(run))[0].Id, null, Cancel);
        Assert.Null(await Retention.SaveAsync(LastOnly, Cancel));
        Assert.Null(await Retention.SaveAsync(LastOnly with { Daily = true }, Cancel));
        Assert.Equal(LastOnly with { Daily = true }, await Retention.ReadAsync(Cancel));
        Assert.Equal(2, (await CheckpointsAsync(run)).Count);

        await _lab.StopAsync();
        await _lab.StartAsync();

        DateTime end = DateTime.UtcNow.AddSeconds(30);
        while ((await CheckpointsAsync(run)).Count > 1)
        {
            Assert.True(DateTime.UtcNow < end, "The rules were not applied.");
            await Task.Delay(100, Cancel);
        }
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("101")]
    public async Task Name_ThatIsNone_IsRefused(string name)
    {
        Assert.StartsWith("A name has at most 100 characters", await Retention.NameAsync(Guid.CreateVersion7(), name == "101" ? new string('a', 101) : name, Cancel), StringComparison.Ordinal);
        Assert.StartsWith("There is no checkpoint", await Retention.NameAsync(Guid.CreateVersion7(), "fine", Cancel), StringComparison.Ordinal);
    }

    private async Task<Guid> NamedAndContinuedAsync()
    {
        Guid run = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(run, Completed);
        await _lab.WaitForFreeSlotAsync(run);
        Assert.Null(await Retention.NameAsync((await CheckpointsAsync(run)).Single().Id, " for the paper ", Cancel));
        Assert.Null(await _lab.Runs.ContinueAsync(run, 5, null, Cancel));
        await _lab.WaitUntilAsync(run, r => r.State == Completed && r.Step == 100, "step 100");
        await _lab.WaitForFreeSlotAsync(run);
        return run;
    }

    private Task<List<Checkpoint>> CheckpointsAsync(Guid run) => _lab.ReadAsync(db => db.Checkpoints.AsNoTracking().Where(c => c.RunId == run).OrderBy(c => c.Step).ThenBy(c => c.Kind).ToListAsync(Cancel));
}
