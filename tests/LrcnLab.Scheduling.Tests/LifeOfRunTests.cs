using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Runs that go on, branch off, are thought about, and are done again. The fake worker has 20 steps an epoch and ends after three.</summary>
public sealed class LifeOfRunTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Continue_OfACompletedRun_TrainsTheSameRunLonger()
    {
        Guid id = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(id, Completed);
        Assert.Equal("It has trained 3 epochs already, and is to end after 3: give 4 or more.", await _lab.Runs.ContinueAsync(id, 3, "ada", Cancel));
        Assert.Contains("2000000 is not allowed", await _lab.Runs.ContinueAsync(id, 2_000_000, "ada", Cancel), StringComparison.Ordinal);
        Assert.Equal(Completed, (await _lab.RunAsync(id)).State);
        Assert.Empty((await _lab.RunAsync(id)).Amendments);

        Assert.Null(await _lab.Runs.ContinueAsync(id, 5, "ada", Cancel));
        Run run = await _lab.WaitUntilAsync(id, r => r.State == Completed && r.Step == 100, "step 100");

        Assert.Equal(5, run.ReadSpec()!.Training.Epochs);
        Assert.Equal(Enumerable.Range(1, 100).Select(s => (long)s), (await _lab.LossAsync(id)).Steps);
        RunStateChange change = await _lab.ReadAsync(db => db.RunStateChanges.SingleAsync(c => c.RunId == id && c.From == Completed, Cancel));
        Assert.Equal(("Continues to epoch 5.", "ada"), (change.Cause, change.Person));
        Assert.Contains(await _lab.CausesAsync(id), c => c.Contains("from step 60 on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Continue_OfARunThatTrainsOrHasNothing_IsRefused()
    {
        Guid id = await _lab.LaunchAsync("long"), waiting = await _lab.LaunchAsync("normal");
        await _lab.WaitForStepAsync(id, 5);

        Assert.StartsWith("A run that is running cannot be continued", await _lab.Runs.ContinueAsync(id, 9, null, Cancel), StringComparison.Ordinal);
        Assert.Null(await _lab.Runs.PauseAsync(waiting, "Later.", null, Cancel));
        Assert.StartsWith("It has no checkpoint", await _lab.Runs.ContinueAsync(waiting, 9, null, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fork_BeginsWithTheCheckpointAndKeepsIt()
    {
        Guid parent = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(parent, Completed);
        Checkpoint last = await _lab.ReadAsync(db => db.Checkpoints.SingleAsync(c => c.RunId == parent, Cancel));

        Guid id = await _lab.LaunchAsync(Request("normal", s => s with { Training = s.Training with { Epochs = 99 } }) with { Fork = last.Id, Person = "ada" });
        Run fork = await _lab.WaitForAsync(id, Completed);

        Assert.Equal((parent, RunRelation.Fork, 60L), (fork.ParentId, fork.Relation, fork.ForkStep));
        Checkpoint start = await _lab.ReadAsync(db => db.Checkpoints.SingleAsync(c => c.RunId == id && c.Kind == Checkpoint.Start, Cancel));
        Assert.Equal((last.Sha256, 60L), (start.Sha256, start.Step));
        // The parent goes on and replaces its checkpoint; the fork's stays.
        Assert.Null(await _lab.Runs.ContinueAsync(parent, 4, null, Cancel));
        await _lab.WaitUntilAsync(parent, r => r.State == Completed && r.Step == 80, "step 80");
        await _lab.WaitForFreeSlotAsync(parent);
        Assert.True(File.Exists(_lab.Paths.ArtifactFile(last.Sha256)));
    }

    [Fact]
    public async Task Fork_ThatCannotBe_IsRefusedAndLeavesNothing()
    {
        Guid parent = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(parent, Completed);
        Guid checkpoint = await _lab.ReadAsync(db => db.Checkpoints.Select(c => c.Id).SingleAsync(Cancel));

        Assert.Equal("training.epochs", await ProblemAsync(Request("normal", s => s with { Training = s.Training with { Epochs = 3 } }) with { Fork = checkpoint }));
        Assert.Equal("model", await ProblemAsync(Request("normal", s => s with { Model = s.Model with { Sequence = s.Model.Sequence with { Hidden = 9 } } }) with { Fork = checkpoint }));
        Assert.Equal("fork", await ProblemAsync(Request("normal", s => s) with { Fork = Guid.CreateVersion7() }));
        Assert.Equal(1, await _lab.ReadAsync(db => db.Runs.CountAsync(Cancel)));
    }

    [Fact]
    public async Task Draft_IsChangedLaunchedAndThenKept()
    {
        Guid parent = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(parent, Completed);
        Guid id = (await _lab.Runs.CloneAsync(parent, Cancel)).Id!.Value;
        Run draft = await _lab.RunAsync(id);
        Assert.Equal((Draft, "normal run copy", RunRelation.Copy, parent), (draft.State, draft.Name, draft.Relation, draft.ParentId));
        Assert.Equal("A draft was never started: launch it.", await _lab.Runs.ResumeAsync(id, "Go.", null, Cancel));

        RunRequest changed = Request("normal", s => s with { Training = s.Training with { Seed = 77 } }) with { Draft = id, Person = "ada" };
        Assert.Equal(id, (await _lab.Runs.SaveDraftAsync(changed, Cancel)).Id);
        Assert.Equal(id, (await _lab.Runs.CreateAsync(changed with { Name = "launched" }, Cancel)).Id);
        Run run = await _lab.WaitForAsync(id, Completed);

        Assert.Equal(("launched", 77, parent), (run.Name, run.ReadSpec()!.Training.Seed, run.ParentId));
        Assert.Equal("ada", await _lab.ReadAsync(db => db.RunStateChanges.Where(c => c.RunId == id && c.From == Draft).Select(c => c.Person).SingleAsync(Cancel)));
        Assert.Equal("draft", (await _lab.Runs.CreateAsync(changed, Cancel)).Problems.Single().Path);
    }

    [Fact]
    public async Task Draft_InTheBin_CannotBeLaunched()
    {
        await _lab.AddDatasetAsync("normal");
        Guid id = (await _lab.Runs.SaveDraftAsync(Request("normal", s => s), Cancel)).Id!.Value;
        RunBin bin = _lab.Services.GetRequiredService<RunBin>();
        Assert.Null(await bin.PutAsync([id], "ada", Cancel));

        Assert.Equal("\"a run\" is in the bin: restore it first.", (await _lab.Runs.CreateAsync(Request("normal", s => s) with { Draft = id }, Cancel)).Problems.Single().Message);
        Assert.Null(await bin.RemoveAsync(id, Cancel));
        Assert.False(await _lab.ReadAsync(db => db.Runs.AnyAsync(Cancel)));
        Assert.EndsWith("it was removed.", (await _lab.Runs.CreateAsync(Request("normal", s => s) with { Draft = id }, Cancel)).Problems.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reproduce_RunsTheSameRecordAgain()
    {
        Guid first = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(first, Completed);
        // A newer version of the data does not matter.
        await _lab.WriteAsync(async db =>
        {
            DatasetVersion version = await db.DatasetVersions.SingleAsync(Cancel);
            db.DatasetVersions.Add(new DatasetVersion { DatasetId = version.DatasetId, Number = 2, Hash = "other", Root = version.Root, Layout = version.Layout, Classes = ["x", "y"], TrainCount = 1, ValidationCount = 0, TestCount = 0, ProblemCount = 0, Licence = "", CreatedAt = DateTime.UtcNow });
        });

        Guid id = (await _lab.Runs.ReproduceAsync(first, "ada", Cancel)).Id!.Value;
        Run again = await _lab.WaitForAsync(id, Completed);

        Run original = await _lab.RunAsync(first);
        Assert.Equal((original.DatasetVersionId, first, RunRelation.Reproduction), (again.DatasetVersionId, again.ParentId, again.Relation));
        Assert.Equal(Precision.Float32, again.ReadSpec()!.Resources.Precision);
        Reproduction? outcome = await _lab.ReadAsync(db => RunRecords.CompareAsync(db, _lab.Metrics, again, Cancel));
        Assert.Equal(ReproductionVerdict.Identical, outcome!.Verdict);
        Assert.Empty(outcome.Inputs);
        Assert.Empty(outcome.Measures);
    }

    [Fact]
    public async Task Reproduce_OfARunThatWasStopped_IsRefused()
    {
        Guid id = await _lab.LaunchAsync("long");
        await _lab.WaitForStepAsync(id, 5);
        Assert.Null(await _lab.Runs.StopAsync(id, "Enough.", "ada", Cancel));
        await _lab.WaitForAsync(id, Stopped);

        Assert.StartsWith("\"long run\" is stopped: only a run that is completed", (await _lab.Runs.ReproduceAsync(id, null, Cancel)).Problems.Single().Message, StringComparison.Ordinal);
    }

    private static RunRequest Request(string behaviour, Func<RunSpec, RunSpec> change) => new("a run", change(TestLab.Spec(behaviour)));

    private async Task<string> ProblemAsync(RunRequest request) => (await _lab.Runs.CreateAsync(request, Cancel)).Problems.Single().Path;
}
