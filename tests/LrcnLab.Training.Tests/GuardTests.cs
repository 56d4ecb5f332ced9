using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using Xunit;

namespace LrcnLab.Training.Tests;

/// <summary>Guards in a real training; 5 steps an epoch.</summary>
public sealed class GuardTests
{
    private static readonly RunSpec Diverging = SyntheticJob.SmallSpec with
    {
        Optimizer = new OptimizerSpec { Kind = OptimizerKind.Sgd, LearningRate = 10, Momentum = 0.9, WeightDecay = 1 },
        Schedule = new ScheduleSpec(),
        Model = new ModelSpec { Backbone = new BackboneSpec { Convolutions = [new() { Filters = 4 }, new() { Filters = 4 }, new() { Filters = 4 }] }, Sequence = new SequenceSpec { Hidden = 4 } },
        Training = new TrainingSpec { Epochs = 40, BatchSize = 5 },
    };

    [Theory]
    [InlineData(GuardAction.Pause, Core.Events.Outcome.Paused)]
    [InlineData(GuardAction.Stop, Core.Events.Outcome.Stopped)]
    public void Loss_ThatIsNotFinite_EndsTheRunWithItsStateKept(GuardAction action, Outcome expected)
    {
        using var job = new SyntheticJob(With(Diverging, new GuardSpec { Then = action }, new GuardSpec { Watch = GuardWatch.GradientNorm, Then = action }));

        DoneEvent done = job.Train();

        Assert.Equal(expected, done.Outcome);
        Assert.StartsWith("The guard \"", done.Reason, StringComparison.Ordinal);
        GuardEvent guard = job.Events.OfType<GuardEvent>().First();
        Assert.Equal((action, done.Reason), (guard.Action, guard.Message));
        using Checkpoint last = Checkpoint.Read(job.Newest("last")).Checkpoint!;
        Assert.Equal(guard.Step - 1, last.Header.State.Step);
    }

    [Fact]
    public void LowerRate_LetsTheRunGoOn()
    {
        // A rate that is lowered so little stays far too high, and the weights beyond help; so it is tried as often as is allowed.
        using var job = new SyntheticJob(With(Diverging, new GuardSpec { Then = GuardAction.LowerRate, Factor = 0.99 }, new GuardSpec { Watch = GuardWatch.GradientNorm, Then = GuardAction.LowerRate, Factor = 0.99 }));
        DoneEvent done = job.Train();
        Assert.Equal(Outcome.Failed, done.Outcome);
        Assert.True(job.Events.OfType<GuardEvent>().Count() >= 20);

        using var calm = new SyntheticJob(With(SyntheticJob.SmallSpec with { Schedule = new ScheduleSpec() }, new GuardSpec { When = GuardCondition.Above, Bound = 0, InARow = 4, Then = GuardAction.LowerRate, Factor = 0.1 }));
        Assert.Equal(Outcome.Completed, calm.Train().Outcome);
        double[] rates = [.. calm.Events.OfType<MetricEvent>().Where(m => m.Values.ContainsKey(MetricKeys.LearningRate)).Select(m => m.Values[MetricKeys.LearningRate])];
        Assert.Equal([1e-2, 1e-2, 1e-2, 1e-2, 1e-3, 1e-3, 1e-3, 1e-3, 1e-4], rates.Take(9), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(11)]
    public void Resume_WithGuardsThatCount_GivesTheSameWeightsBitForBit(long pauseAt)
    {
        RunSpec spec = With(SyntheticJob.SmallSpec, new GuardSpec { When = GuardCondition.Above, Bound = 0, InARow = 4, Then = GuardAction.LowerRate, Factor = 0.3 }, new GuardSpec { Watch = GuardWatch.ValidationLoss, When = GuardCondition.Flat, Bound = 100, InARow = 2, Then = GuardAction.LowerRate, Factor = 0.5 });
        using var straight = new SyntheticJob(spec);
        straight.Train();
        using var broken = new SyntheticJob(spec);
        var signal = new StopSignal();
        broken.Train(
            e =>
            {
                if (e is MetricEvent m && m.Step == pauseAt && m.Values.ContainsKey(MetricKeys.TrainLoss))
                    signal.Ask(StopRequest.Pause);
            },
            signal: signal);
        using Checkpoint checkpoint = Checkpoint.Read(broken.Newest("last")).Checkpoint!;
        broken.Train(resume: checkpoint);

        Weights.AssertEqual(straight.Newest("last"), broken.Newest("last"));
        Assert.Equal(straight.Events.OfType<GuardEvent>().Select(g => (g.Rule, g.Step)), broken.Events.OfType<GuardEvent>().Select(g => (g.Rule, g.Step)));
        Assert.Contains(straight.Events.OfType<GuardEvent>(), g => g.Rule == 1);
    }

    [Fact]
    public void Validation_AndDisk_AreWatchedToo()
    {
        using var job = new SyntheticJob(With(SyntheticJob.SmallSpec, new GuardSpec { Watch = GuardWatch.ValidationAccuracy, When = GuardCondition.Below, Bound = 2, InARow = 2, Then = GuardAction.Stop }, new GuardSpec { Watch = GuardWatch.DiskFree, When = GuardCondition.Below, Bound = 1e8, Then = GuardAction.Notify }));

        DoneEvent done = job.Train();

        Assert.Equal(Outcome.Stopped, done.Outcome);
        Assert.Contains("validation-accuracy below 2 for 2 epochs", done.Reason, StringComparison.Ordinal);
        Assert.Equal(2, job.Events.OfType<EpochEvent>().Count());
        Assert.Contains(job.Events.OfType<GuardEvent>(), g => g.Rule == 1);
    }

    private static RunSpec With(RunSpec spec, params GuardSpec[] rules) => spec with { Guards = new GuardsSpec { Rules = rules } };
}
