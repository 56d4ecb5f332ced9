using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Two phases as one launch.</summary>
public sealed class SecondPhaseTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task SecondPhase_LaunchesItselfWithTheWeightsOfTheFirst()
    {
        (Guid first, Guid second) = await LaunchAsync("normal");
        Run waiting = await _lab.RunAsync(second);
        Assert.Equal((Draft, RunRelation.SecondPhase, first, first.ToString()), (waiting.State, waiting.Relation, waiting.ParentId, waiting.ReadSpec()!.Model.Weights));

        Run one = await _lab.WaitForAsync(first, Completed);
        Run two = await _lab.WaitForAsync(second, Completed);

        Assert.Equal(("phased, single frames", 2, SequenceKind.None), (one.Name, one.ReadSpec()!.Training.Epochs, one.ReadSpec()!.Model.Sequence.Kind));
        Assert.Equal("phased", two.Name);
        Assert.Equal(await _lab.ReadAsync(db => db.Checkpoints.Where(c => c.RunId == first && c.Kind == "last").Select(c => c.Sha256).SingleAsync(Cancel)), two.WeightsSha256);
        Assert.Contains("Launched: \"phased, single frames\", with whose weights it begins, has ended.", await _lab.CausesAsync(second));
    }

    [Fact]
    public async Task SecondPhase_AfterARestart_IsLaunchedAllTheSame()
    {
        (Guid first, Guid second) = await LaunchAsync("long");
        await _lab.WaitForStepAsync(first, 25);
        Assert.Null(await _lab.Runs.StopAsync(first, "Good enough.", null, Cancel));
        await _lab.WaitForAsync(first, Stopped);
        await _lab.StopAsync();
        await _lab.StartAsync();

        await _lab.WaitUntilAsync(second, r => r.State is Queued or Starting or Running, "launched");
        Assert.NotNull((await _lab.RunAsync(second)).WeightsSha256);
    }

    [Fact]
    public async Task SecondPhase_OfAFirstThatWasCanceled_StaysADraft()
    {
        (Guid first, Guid second) = await LaunchAsync("long");
        await _lab.WaitForStepAsync(first, 5);
        Assert.Null(await _lab.Runs.CancelAsync(first, "Wrong.", null, Cancel));
        await _lab.WaitForAsync(first, Canceled);
        await _lab.WaitForFreeSlotAsync(first);
        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);

        Assert.Equal(Draft, (await _lab.RunAsync(second)).State);
    }

    [Fact]
    public async Task TwoPhases_ThatCannotBe_AreRefusedAndLeaveNothing()
    {
        await _lab.AddDatasetAsync("normal");
        RunSpec spec = TestLab.Spec("normal");
        Assert.Equal("firstPhaseEpochs", (await _lab.Runs.CreateAsync(new RunRequest("no", spec) { FirstPhaseEpochs = -1 }, Cancel)).Problems.Single().Path);
        RunSpec single = spec with { Model = spec.Model with { Sequence = new SequenceSpec { Kind = SequenceKind.None, Readout = Readout.Mean } } };
        Assert.Contains("only one phase", (await _lab.Runs.CreateAsync(new RunRequest("no", single) { FirstPhaseEpochs = 2 }, Cancel)).Problems.Single().Message, StringComparison.Ordinal);

        Assert.Equal(0, await _lab.ReadAsync(db => db.Runs.CountAsync(Cancel)));
    }

    private async Task<(Guid First, Guid Second)> LaunchAsync(string behaviour)
    {
        await _lab.AddDatasetAsync(behaviour);
        CreateRunResult result = await _lab.Runs.CreateAsync(new RunRequest("phased", TestLab.Spec(behaviour)) { FirstPhaseEpochs = 2 }, Cancel);
        Assert.Empty(result.Problems);
        return (result.FirstPhase!.Value, result.Id!.Value);
    }
}
