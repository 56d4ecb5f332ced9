using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Worker.Tests;

/// <summary><c>kill -9</c> of the real worker at several places of one run, everything random switched on.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task Resume_AfterKillsAnywhere_GivesTheWeightsAndMetricsOfTheUninterruptedRun()
    {
        using Workspace straight = Create(), killed = Create();
        var (exit, _, errors) = await WorkerProcess.RunAsync("train", straight.SpecPath, "--output", straight.Output);
        Assert.True(exit == WorkerProtocol.ExitDone, errors);

        // Within an epoch before and after a saved state, and between a validation and its checkpoint.
        await KillWhenAsync<MetricEvent>(killed, m => m.Step == 3 && m.Values.ContainsKey(MetricKeys.TrainLoss));
        await KillWhenAsync<CheckpointEvent>(killed, c => c.Step == 8);
        await KillWhenAsync<MetricEvent>(killed, m => m.Step >= 12 && m.Values.ContainsKey(MetricKeys.ValidationLoss));
        await KillWhenAsync<EpochEvent>(killed, e => e.Epoch == 6);
        var (end, _, complaints) = await WorkerProcess.RunAsync("train", killed.SpecPath, "--output", killed.Output, "--resume");
        Assert.True(end == WorkerProtocol.ExitDone, complaints);

        Workspace.AssertEvents(File.ReadAllLines(Path.Combine(killed.Output, WorkerProtocol.JournalFile)));
        foreach (string kind in new[] { "last", "best" })
            Assert.Equal(Weights(straight, kind), Weights(killed, kind));
        Assert.Equal(Curve(straight, MetricKeys.TrainLoss), Curve(killed, MetricKeys.TrainLoss));
        Assert.Equal(Curve(straight, MetricKeys.ValidationLoss), Curve(killed, MetricKeys.ValidationLoss));
    }

    private static async Task KillWhenAsync<TEvent>(Workspace work, Func<TEvent, bool> when) where TEvent : WorkerEvent
    {
        string[] arguments = ["train", work.SpecPath, "--output", work.Output];
        using WorkerProcess worker = WorkerProcess.Start(Directory.Exists(work.Output) ? [.. arguments, "--resume"] : arguments);
        worker.WaitFor(when);
        worker.Kill();
        await worker.ExitAsync();
    }

    private static string Weights(Workspace work, string kind) => work.Journal.OfType<CheckpointEvent>().Last(c => c.Kind == kind).WeightsSha256;

    /// <summary>The value of each step, as the last attempt that did the step measured it.</summary>
    private static SortedDictionary<long, double> Curve(Workspace work, string key)
    {
        SortedDictionary<long, double> curve = [];
        foreach (MetricEvent metric in work.Journal.OfType<MetricEvent>().Where(m => m.Values.ContainsKey(key)))
            curve[metric.Step] = metric.Values[key];
        return curve;
    }

    private static Workspace Create()
    {
        var work = new Workspace(epochs: 8);
        work.WriteSpec(SpecText.ToJson(work.Spec with
        {
            Augmentation = new AugmentationSpec { Shift = 0.1, Crop = 0.2, HorizontalFlip = true, Brightness = 0.1, Contrast = 0.1, TimeJitter = true },
            Model = work.Spec.Model with { Sequence = work.Spec.Model.Sequence with { Layers = 2, Dropout = 0.2, InputDropout = 0.2 } },
            Schedule = new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupSteps = 4 },
            Training = work.Spec.Training with { Order = ClipOrder.Balanced, Mixup = 0.2, Ema = 0.9, GradientClip = 1 },
        }));
        return work;
    }
}
