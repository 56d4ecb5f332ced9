using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Training.Checkpoints;
using TorchSharp;
using Xunit;

namespace LrcnLab.Training.Tests;

/// <summary>A run that begins with a checkpoint of another, and a run that is trained longer than it was to be. A parent has 5 steps an epoch.</summary>
public sealed class ForkTests
{
    private static readonly RunSpec Spec = SyntheticJob.SmallSpec;

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void Fork_WithTheSameSettings_DoesWhatItsParentWouldHaveDone(long at)
    {
        using var straight = new SyntheticJob(Spec);
        straight.Train();
        using Checkpoint checkpoint = CheckpointOfStep(at, Spec);
        using var fork = new SyntheticJob(Spec);

        Assert.Equal(Outcome.Completed, Train(fork, checkpoint).Outcome);

        Weights.AssertEqual(straight.Newest("last"), fork.Newest("last"));
        Assert.Equal(at, fork.Events.OfType<StartedEvent>().Single().ResumedAtStep);
        Assert.Equal(at + 1, fork.Events.OfType<MetricEvent>().First(m => m.Values.ContainsKey(MetricKeys.TrainLoss)).Step);
    }

    [Fact]
    public void Fork_WithAnotherBatchSize_BeginsTheEpochAnewAndKeepsTheCountOfSteps()
    {
        using Checkpoint checkpoint = CheckpointOfStep(7, Spec);
        RunSpec smaller = Spec with { Training = Spec.Training with { BatchSize = 3 } };
        using var fork = new SyntheticJob(smaller);

        Train(fork, checkpoint);

        StartedEvent started = fork.Events.OfType<StartedEvent>().Single();
        Assert.Equal((7, 7, 7 + 2 * 7), (started.ResumedAtStep, started.StepsPerEpoch, started.Steps));
        MetricEvent first = fork.Events.OfType<MetricEvent>().First(m => m.Values.ContainsKey(MetricKeys.LearningRate));
        // The second epoch of three begins: a third of the schedule is over, as in a run of its own.
        Assert.Equal(LearningRate.At(smaller, 7, 7), first.Values[MetricKeys.LearningRate]);
        Assert.Equal(21, fork.Events.OfType<MetricEvent>().Last(m => m.Values.ContainsKey(MetricKeys.TrainLoss)).Step);
        Assert.Contains(fork.Events.OfType<LogEvent>(), l => l.Message.Contains("began 2 steps before", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW, 0.0)]
    [InlineData(OptimizerKind.Sgd, 0.0)]
    [InlineData(OptimizerKind.Adam, 0.99)]
    public void Fork_WithOtherSettings_IsResumedBitForBit(OptimizerKind kind, double ema)
    {
        using Checkpoint checkpoint = CheckpointOfStep(5, Spec);
        RunSpec other = Spec with { Optimizer = new OptimizerSpec { Kind = kind, LearningRate = 1e-3, EpsilonRule = EpsilonRule.Keras }, Training = Spec.Training with { Ema = ema } };
        using var straight = new SyntheticJob(other);
        Train(straight, checkpoint);
        using var broken = new SyntheticJob(other);
        var signal = new StopSignal();
        DoneEvent paused = Trainer.Run(broken.Job(e => PauseAt(e, 8, signal), signal: signal) with { Fork = checkpoint }, torch.CPU);
        Assert.Equal(Outcome.Paused, paused.Outcome);
        using Checkpoint own = Checkpoint.Read(broken.Newest("last")).Checkpoint!;
        broken.Train(resume: own);

        Weights.AssertEqual(straight.Newest("last"), broken.Newest("last"));
    }

    [Fact]
    public void Fork_OfAnotherModel_IsRefusedWithTheLayer()
    {
        using Checkpoint checkpoint = CheckpointOfStep(3, Spec);
        using var fork = new SyntheticJob(Spec with { Model = Spec.Model with { Sequence = Spec.Model.Sequence with { Hidden = 16 } } });

        Assert.StartsWith("model: The checkpoint is of another model: layer ", TrainingRefusal.Of(fork.Job() with { Fork = checkpoint }), StringComparison.Ordinal);
    }

    [Fact]
    public void Continue_WithMoreEpochsAndWithoutTheFolder_TestsTheBestCheckpoint()
    {
        // Learning that only destroys: the first epoch stays the best.
        RunSpec spec = Spec with { Training = Spec.Training with { Epochs = 6 }, Schedule = new ScheduleSpec() };
        using var first = new SyntheticJob(spec, train: 60, validation: 30, test: 12);
        first.Train();
        using Checkpoint last = Checkpoint.Read(first.Newest("last")).Checkpoint!;
        RunSpec longer = spec with { Training = spec.Training with { Epochs = 7 }, Optimizer = new OptimizerSpec { LearningRate = 5 } };
        using var elsewhere = new SyntheticJob(longer, train: 60, validation: 30, test: 12);

        DoneEvent done = Trainer.Run(elsewhere.Job(resume: last) with { Best = first.Newest("best") }, torch.CPU);

        Assert.Equal(Outcome.Completed, done.Outcome);
        Assert.DoesNotContain(elsewhere.Events.OfType<CheckpointEvent>(), c => c.Kind == "best");
        Assert.DoesNotContain(elsewhere.Events.OfType<LogEvent>(), l => l.Level == LogLevel.Warning && l.Message.StartsWith("The test uses", StringComparison.Ordinal));
        Assert.Equal(TestLoss(first), TestLoss(elsewhere));
    }

    private static double TestLoss(SyntheticJob job) => job.Events.OfType<MetricEvent>().Single(m => m.Values.ContainsKey(MetricKeys.TestLoss)).Values[MetricKeys.TestLoss];

    private static DoneEvent Train(SyntheticJob job, Checkpoint parent) => Trainer.Run(job.Job() with { Fork = parent }, torch.CPU);

    private static Checkpoint CheckpointOfStep(long step, RunSpec spec)
    {
        using var parent = new SyntheticJob(spec);
        var signal = new StopSignal();
        parent.Train(e => PauseAt(e, step, signal), signal: signal);
        return Checkpoint.Read(parent.Newest("last")).Checkpoint!;
    }

    private static void PauseAt(WorkerEvent e, long step, StopSignal signal)
    {
        if (e is MetricEvent m && m.Step == step && m.Values.ContainsKey(MetricKeys.TrainLoss))
            signal.Ask(StopRequest.Pause);
    }
}
