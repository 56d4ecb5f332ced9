using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Worker.Tests;

/// <summary>Training on optical flow with the real worker.</summary>
public sealed class FlowTests
{
    [Fact]
    public async Task PrepareTrainEvaluate_OnFlow_AgreeAndTellLeftFromRight()
    {
        using Workspace work = Create(epochs: 40);
        string prepared = Path.Combine(work.Output, "..", "frames");
        var (exit, lines, errors) = await WorkerProcess.RunAsync("prepare", work.SpecPath, "--data", work.Videos, "--prepared", prepared);
        Assert.True(exit == WorkerProtocol.ExitDone, errors);
        ProgressEvent[] progress = [.. Workspace.AssertEvents(lines).OfType<ProgressEvent>()];
        Assert.Contains(progress, p => p.Stage == "preparing" && p.Done == p.Total);
        Assert.Contains(progress, p => p.Stage == "computing flow" && p.Done == p.Total && p.Total == 18 * 6);

        var trained = await WorkerProcess.RunAsync("train", work.SpecPath, "--data", work.Videos, "--prepared", prepared, "--output", work.Output);
        Assert.True(trained.ExitCode == WorkerProtocol.ExitDone, trained.Errors);
        CheckpointEvent last = work.Journal.OfType<CheckpointEvent>().Last(c => c.Kind == "last");
        Assert.Equal(1, last.Metrics[MetricKeys.ValidationAccuracy]);

        var evaluated = await WorkerProcess.RunAsync("evaluate", Path.Combine(work.Output, last.File), "--data", work.Videos, "--prepared", prepared);
        Assert.True(evaluated.ExitCode == WorkerProtocol.ExitDone, evaluated.Errors);
        Assert.Equal(last.Metrics[MetricKeys.ValidationLoss], Workspace.AssertEvents(evaluated.Lines).OfType<MetricEvent>().Single().Values[MetricKeys.ValidationLoss], 1e-5);
    }

    [Fact]
    public async Task Resume_OfATrainingOnFlowAfterKills_GivesTheWeightsOfTheUninterruptedRun()
    {
        using Workspace straight = Create(epochs: 6, mirror: true), killed = Create(epochs: 6, mirror: true);
        var (exit, _, errors) = await WorkerProcess.RunAsync("train", straight.SpecPath, "--output", straight.Output);
        Assert.True(exit == WorkerProtocol.ExitDone, errors);

        // While flow is computed, and in the middle of an epoch.
        await KillWhenAsync<ProgressEvent>(killed, "train", p => p.Stage == "computing flow");
        await KillWhenAsync<MetricEvent>(killed, "--resume", m => m.Step == 7);
        var (end, _, complaints) = await WorkerProcess.RunAsync("train", killed.SpecPath, "--output", killed.Output, "--resume");
        Assert.True(end == WorkerProtocol.ExitDone, complaints);
        Assert.Equal(Weights(straight), Weights(killed));
    }

    private static async Task KillWhenAsync<TEvent>(Workspace work, string how, Func<TEvent, bool> when) where TEvent : WorkerEvent
    {
        string[] arguments = ["train", work.SpecPath, "--output", work.Output];
        using WorkerProcess worker = WorkerProcess.Start(how == "--resume" ? [.. arguments, how] : arguments);
        worker.WaitFor(when);
        worker.Kill();
        await worker.ExitAsync();
    }

    private static string Weights(Workspace work) => work.Journal.OfType<CheckpointEvent>().Last(c => c.Kind == "last").WeightsSha256;

    /// <summary>Changes of colour are switched on: those of flow mean motion and must stay.</summary>
    private static Workspace Create(int epochs, bool mirror = false)
    {
        var work = new Workspace(epochs);
        work.WriteSpec(SpecText.ToJson(work.Spec with
        {
            Data = work.Spec.Data with { Color = ColorMode.Flow, Normalization = ClipNormalization.PerClip },
            Augmentation = new AugmentationSpec { Shift = 0.05, HorizontalFlip = mirror, Brightness = 0.5, Contrast = 0.5, Saturation = 0.5, TimeJitter = true },
        }));
        return work;
    }
}
