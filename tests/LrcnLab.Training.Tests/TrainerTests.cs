using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using TorchSharp;
using Xunit;

namespace LrcnLab.Training.Tests;

public sealed class TrainerTests
{
    [Fact]
    public void Run_OnMovingBars_LearnsThemAndReportsEverything()
    {
        using var job = new SyntheticJob(SyntheticJob.SmallSpec with { Training = SyntheticJob.SmallSpec.Training with { Epochs = 25 } }, train: 60, validation: 30, test: 12);

        DoneEvent done = job.Train();

        Assert.Equal(Outcome.Completed, done.Outcome);
        var metrics = job.Events.OfType<MetricEvent>().ToList();
        Assert.True(metrics.Last(m => m.Values.ContainsKey(MetricKeys.ValidationAccuracy)).Values[MetricKeys.ValidationAccuracy] > 0.9);
        Assert.True(metrics.Single(m => m.Values.ContainsKey(MetricKeys.TestAccuracy)).Values[MetricKeys.TestAccuracy] > 0.8);
        Assert.Equal(Enumerable.Range(1, 25 * 12).Select(i => (long)i), metrics.Where(m => m.Values.ContainsKey(MetricKeys.TrainLoss)).Select(m => m.Step));
        Assert.Equal(25, job.Events.OfType<EpochEvent>().Count());
        Assert.Equal(25, job.Events.OfType<ConfusionMatrixEvent>().Count(c => c.Split == "validation"));
        Assert.All(job.Events.OfType<ConfusionMatrixEvent>().Where(c => c.Split == "validation"), c => Assert.Equal(30, c.Counts.Sum(row => row.Sum())));
        Assert.Equal(25, job.Events.OfType<CheckpointEvent>().Count(c => c.Kind == "last"));
        Assert.Contains(job.Events.OfType<CheckpointEvent>(), c => c.Kind == "best");
        Assert.Contains(job.Events.OfType<PredictionsEvent>(), p => p.Split == "validation" && p.Epoch == 25);
        Assert.True(job.Events.OfType<CheckInEvent>().Last().SecondsLeft < 60);
    }

    [Fact]
    public void Run_Twice_GivesTheSameWeightsBitForBit()
    {
        using var first = new SyntheticJob();
        using var second = new SyntheticJob();
        first.Train();
        second.Train();

        Weights.AssertEqual(first.Newest("last"), second.Newest("last"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void Resume_AfterAPause_GivesTheSameWeightsBitForBit(long pauseAt)
    {
        using var straight = new SyntheticJob();
        straight.Train();

        using var broken = new SyntheticJob();
        var signal = new StopSignal();
        DoneEvent paused = broken.Train(e => PauseAt(e, pauseAt, signal), signal: signal);
        Assert.Equal(Outcome.Paused, paused.Outcome);
        var (checkpoint, refusal) = Checkpoint.Read(broken.Newest("last"));
        Assert.Null(refusal);
        using (checkpoint)
        {
            Assert.Equal(pauseAt, checkpoint!.Header.State.Step);
            Assert.Equal(Outcome.Completed, broken.Train(resume: checkpoint).Outcome);
        }

        Weights.AssertEqual(straight.Newest("last"), broken.Newest("last"));
        Weights.AssertEqual(straight.Newest("best"), broken.Newest("best"));
    }

    [Theory]
    [InlineData(OptimizerKind.Adam, 0.9)]
    [InlineData(OptimizerKind.AdamW, 0.9)]
    [InlineData(OptimizerKind.RmsProp, 0.9)]
    [InlineData(OptimizerKind.RmsProp, 0)]
    [InlineData(OptimizerKind.Sgd, 0.9)]
    [InlineData(OptimizerKind.Sgd, 0)]
    public void Resume_WithAnyOptimizer_ContinuesItsState(OptimizerKind kind, double momentum)
    {
        RunSpec spec = SyntheticJob.SmallSpec with { Optimizer = new OptimizerSpec { Kind = kind, Momentum = momentum, LearningRate = 1e-3, WeightDecay = 0.01 } };
        using var straight = new SyntheticJob(spec);
        straight.Train();
        using var broken = new SyntheticJob(spec);
        var signal = new StopSignal();
        broken.Train(e => PauseAt(e, 4, signal), signal: signal);
        using Checkpoint checkpoint = Checkpoint.Read(broken.Newest("last")).Checkpoint!;
        broken.Train(resume: checkpoint);

        Weights.AssertEqual(straight.Newest("last"), broken.Newest("last"));
    }

    [Fact]
    public void Stop_WithinAnEpoch_ValidatesAndKeepsWhatWasLearned()
    {
        using var job = new SyntheticJob();
        var signal = new StopSignal();

        DoneEvent done = job.Train(e =>
        {
            if (e is MetricEvent { Step: 2 })
                signal.Ask(StopRequest.Stop);
        }, signal: signal);

        Assert.Equal(Outcome.Stopped, done.Outcome);
        Assert.Equal(2, job.Events.OfType<CheckpointEvent>().Last(c => c.Kind == "last").Step);
        Assert.Equal(2, job.Events.OfType<MetricEvent>().Single(m => m.Values.ContainsKey(MetricKeys.ValidationLoss)).Step);
        Assert.Contains(job.Events.OfType<CheckpointEvent>(), c => c.Kind == "best");
    }

    [Fact]
    public void Run_WithAnAbsurdLearningRate_FailsNamingTheStep()
    {
        RunSpec spec = SyntheticJob.SmallSpec with
        {
            Optimizer = new OptimizerSpec { Kind = OptimizerKind.Sgd, LearningRate = 10, Momentum = 0.9, WeightDecay = 1 },
            Schedule = new ScheduleSpec(),
            Model = new ModelSpec { Backbone = new BackboneSpec { Convolutions = [new() { Filters = 4 }, new() { Filters = 4 }, new() { Filters = 4 }] }, Sequence = new SequenceSpec { Hidden = 4 } },
            Training = new TrainingSpec { Epochs = 200, BatchSize = 5 },
        };
        using var job = new SyntheticJob(spec);

        DoneEvent done = job.Train();

        Assert.Equal(Outcome.Failed, done.Outcome);
        long step = job.Events.OfType<MetricEvent>().Last().Step;
        Assert.Matches($@"became \S+ at step {step} \(epoch \d+\) on \d+(, \d+){{0,3}}( and 1 more)?; (the checkpoint of step \d+ is kept|no checkpoint had been written yet)", done.Reason!);
    }

    [Fact]
    public void SaveEverySteps_WithinAnEpoch_WritesThatMany()
    {
        using var job = new SyntheticJob(SyntheticJob.SmallSpec with { Checkpoints = new CheckpointSpec { SaveEverySteps = 2, KeepEveryEpochs = 3 } });
        job.Train();

        Assert.Equal([2L, 4, 5, 6, 8, 10, 12, 14, 15], job.Events.OfType<CheckpointEvent>().Where(c => c.Kind == "last").Select(c => c.Step));
        Assert.Equal("epoch-3", job.Events.OfType<CheckpointEvent>().Single(c => c.Kind.StartsWith("epoch", StringComparison.Ordinal)).Kind);
    }

    [Fact]
    public void Run_WhenAClipCannotBeRead_FailsWithItsFault()
    {
        using var job = new SyntheticJob();
        var broken = job.Job() with { Clips = job.Clips with { Read = (sample, _, _, _) => throw new InvalidDataException($"sample {sample} is broken") } };

        Assert.Contains("is broken", Assert.Throws<InvalidDataException>(() => Trainer.Run(broken, torch.CPU)).Message, StringComparison.Ordinal);
    }

    private static void PauseAt(WorkerEvent e, long step, StopSignal signal)
    {
        if (e is MetricEvent m && m.Step == step && m.Values.ContainsKey(MetricKeys.TrainLoss))
            signal.Ask(StopRequest.Pause);
    }
}
