using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>What people may ask and what is refused.</summary>
public sealed class RunServiceTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Create_WithWrongFields_NamesEach()
    {
        RunSpec spec = TestLab.Spec("normal") with { Training = new TrainingSpec { Epochs = 0, BatchSize = -1 } };
        CreateRunResult result = await _lab.Runs.CreateAsync(new RunRequest(" ", spec), Cancel);

        Assert.Null(result.Id);
        Assert.Equal(["name", "training.epochs", "training.batchSize"], result.Problems.Select(p => p.Path));
    }

    [Fact]
    public async Task Create_WithAnUnknownDataset_NamesTheKnownOnes()
    {
        await _lab.AddDatasetAsync("long");
        await _lab.AddDatasetAsync("normal");
        CreateRunResult result = await _lab.Runs.CreateAsync(new RunRequest("run", TestLab.Spec("norml")), Cancel);

        SpecProblem problem = Assert.Single(result.Problems);
        Assert.Equal(("data.dataset", "There is no data set \"norml\". Known are long, normal."), (problem.Path, problem.Message));
    }

    [Fact]
    public async Task Resume_OfACompletedRun_IsRefused()
    {
        Guid id = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(id, Completed);

        Assert.StartsWith("A run that is completed", await _lab.Runs.ResumeAsync(id, "Again.", null, Cancel), StringComparison.Ordinal);
        Assert.Equal("A run that is completed cannot become stopped; from completed it can become queued.", await _lab.Runs.StopAsync(id, "Stop.", null, Cancel));
        Assert.Contains("no run", await _lab.Runs.StopAsync(Guid.CreateVersion7(), "Stop.", null, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pause_OfAWaitingRun_KeepsItFromStarting()
    {
        Guid busy = await _lab.LaunchAsync("long"), id = await _lab.LaunchAsync("normal");
        Assert.Null(await _lab.Runs.PauseAsync(id, "Later.", null, Cancel));
        await _lab.WaitForStepAsync(busy, 5);
        Assert.Null(await _lab.Runs.CancelAsync(busy, "Enough.", null, Cancel));
        await _lab.WaitForFreeSlotAsync(busy);
        await Task.Delay(500, Cancel);
        Assert.Equal(Paused, (await _lab.RunAsync(id)).State);

        Assert.Null(await _lab.Runs.ResumeAsync(id, "Now.", null, Cancel));
        await _lab.WaitForAsync(id, Completed);
        Assert.Single(_lab.Starts(id));
    }
}
