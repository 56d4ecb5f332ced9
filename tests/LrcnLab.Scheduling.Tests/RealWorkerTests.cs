using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>The sample, the real worker, a network small enough for a test.</summary>
public sealed class RealWorkerTests : IAsyncLifetime
{
    /// <summary>So many that a fast machine is still training when the program is stopped.</summary>
    private const int Epochs = 40;

    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab.UseRealWorker();
        await _lab.StartAsync();
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Sample_IsImportedAndTrainedThroughAStopOfTheProgram()
    {
        await _lab.Services.GetRequiredService<DatasetService>().EnsureSampleAsync(Cancel);
        Import import = await ImportedAsync();
        Assert.True(import.State == ImportState.Completed, import.Message);
        DatasetVersion version = await _lab.ReadAsync(db => db.DatasetVersions.SingleAsync(Cancel));
        Assert.Equal(version.TrainCount + version.ValidationCount + version.TestCount, await _lab.ReadAsync(db => db.Samples.CountAsync(Cancel)));

        CreateRunResult created = await _lab.Runs.CreateAsync(new RunRequest("small", Spec()), Cancel);
        Guid id = created.Id!.Value;
        await _lab.WaitUntilAsync(id, r => r.State == Running && r.Epoch >= 2, "the second epoch");
        await _lab.StopAsync();
        await _lab.StartAsync();
        Run run = await _lab.WaitForAsync(id, Completed, Failed, Stopped);

        Assert.True(run.State == Completed, run.Reason);
        Assert.Equal(2, run.Attempt);
        MetricSeriesData loss = await _lab.LossAsync(id);
        Assert.Equal(Enumerable.Range(1, (int)run.Steps).Select(s => (long)s), loss.Steps);
        Assert.Equal(Enumerable.Range(1, Epochs), await _lab.ReadAsync(db => db.ConfusionMatrices.Where(m => m.Split == "validation").OrderBy(m => m.Epoch).Select(m => m.Epoch).ToListAsync(Cancel)));
        List<Checkpoint> checkpoints = await _lab.ReadAsync(db => db.Checkpoints.ToListAsync(Cancel));
        Assert.Equal(run.Steps, checkpoints.Single(c => c.Kind == "last").Step);
        Assert.Contains(checkpoints, c => c.Kind == "best");
        await _lab.WaitForFreeSlotAsync(id);
        string[] stored = [.. await _lab.ReadAsync(db => db.Artifacts.Select(a => a.Sha256).ToListAsync(Cancel))];
        Assert.Equal(stored.Order(StringComparer.Ordinal), Directory.GetFiles(_lab.Paths.ArtifactRoot, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    private async Task<Import> ImportedAsync()
    {
        while (true)
        {
            Import import = await _lab.ReadAsync(db => db.Imports.AsNoTracking().SingleAsync(Cancel));
            if (import.State != ImportState.Running)
                return import;
            await Task.Delay(100, Cancel);
        }
    }

    private static RunSpec Spec() => new()
    {
        Data = new DataSpec { Dataset = DatasetService.SampleName, ClipLength = 4, Width = 24, Height = 16, Color = ColorMode.Gray },
        Model = new ModelSpec { Backbone = new BackboneSpec { Convolutions = [new() { Filters = 4, Stride = 2, Pool = 2 }] }, Sequence = new SequenceSpec { Hidden = 8 } },
        Training = new TrainingSpec { Epochs = Epochs, BatchSize = 16 },
    };
}
