using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Machines;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Scheduling.Tests;

/// <summary>What a step costs is measured on a free slot, and never beside a run.</summary>
public sealed class SpecProbeTests : IAsyncDisposable
{
    private static readonly RunSpec Small = Presets.QuickStart.Spec with { Training = Presets.QuickStart.Spec.Training with { BatchSize = 2 } };

    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task FreeSlot_IsMeasuredByARealWorker()
    {
        _lab.UseRealWorker();
        (StepCost? cost, string? problem) = await MeasureAsync(Small);

        Assert.Null(problem);
        Assert.True(cost is { SecondsPerStep: > 0 and < 60, Device: "cpu" }, cost?.ToString());
        // Twice the batch has twice the operations; twice the epochs twice the steps.
        double once = cost!.Seconds(Small, Small, 8, 100);
        Assert.Equal(50 * Small.Training.Epochs * cost.SecondsPerStep, once, 9);
        Assert.Equal(once, cost.Seconds(Small, Small with { Training = Small.Training with { BatchSize = 4 } }, 8, 100), 9);
        Assert.Equal(2 * once, cost.Seconds(Small, Small with { Training = Small.Training with { Epochs = 2 * Small.Training.Epochs } }, 8, 100), 9);
    }

    [Fact]
    public async Task SlotThatTrains_IsLeftAlone()
    {
        await _lab.StartAsync();
        await _lab.WaitForStepAsync(await _lab.LaunchAsync("long"), 1);

        (StepCost? cost, string? problem) = await ProbeAsync(Small);
        Assert.Null(cost);
        Assert.StartsWith("Every slot trains a run", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooLargeABatch_IsRefusedBeforeItIsTried()
    {
        RunSpec huge = Small with { Training = Small.Training with { BatchSize = 4096 }, Data = Small.Data with { Width = 512, Height = 512, ClipLength = 128 } };

        (StepCost? cost, string? problem) = await MeasureAsync(huge);
        Assert.Null(cost);
        Assert.Contains("training needs about", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerThatFails_IsQuoted_AndLeavesNoFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell");
        string script = Path.Combine(_lab.Folder, "failing.sh");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nif [ \"$1\" = probe ]; then echo 'no such layer' >&2; exit 7; fi\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "LrcnLab.FakeWorker.dll")}' \"$@\"\n", Cancel);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _lab.Options = _lab.Options with { WorkerPath = script };

        (StepCost? cost, string? problem) = await MeasureAsync(Small);
        Assert.Null(cost);
        Assert.Equal("The measurement failed (exit code 7): no such layer", problem);
        Assert.Empty(Directory.EnumerateFiles(Path.GetTempPath(), "lrcnlab-probe-*"));
    }

    private async Task<(StepCost? Cost, string? Problem)> MeasureAsync(RunSpec spec)
    {
        await _lab.StartAsync();
        return await ProbeAsync(spec);
    }

    private async Task<(StepCost? Cost, string? Problem)> ProbeAsync(RunSpec spec)
    {
        await _lab.Services.GetRequiredService<Machine>().DevicesAsync(Cancel);
        return await _lab.Services.GetRequiredService<SpecProbe>().MeasureAsync(spec, 8, Cancel);
    }
}
