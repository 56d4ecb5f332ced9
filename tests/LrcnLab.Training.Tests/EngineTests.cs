using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests;

/// <summary>The settings of training, each against what it promises.</summary>
public sealed class EngineTests
{
    private static readonly RunSpec Plain = SyntheticJob.SmallSpec with
    {
        Model = SyntheticJob.SmallSpec.Model with
        {
            Backbone = SyntheticJob.SmallSpec.Model.Backbone with { Normalization = FrameNormalization.None, Dropout = 0 },
            Sequence = SyntheticJob.SmallSpec.Model.Sequence with { InputDropout = 0 },
        },
        Training = SyntheticJob.SmallSpec.Training with { Epochs = 2 },
    };

    public static TheoryData<string, RunSpec> Settings { get; } = new()
    {
        { "as they are", SyntheticJob.SmallSpec },
        { "weight average", With(t => t with { Ema = 0.9 }) },
        { "mixup", With(t => t with { Mixup = 0.3 }) },
        { "accumulation", With(t => t with { Accumulation = 2 }) },
        { "balanced order and weights", With(t => t with { Order = ClipOrder.Balanced, ClassWeights = ClassWeights.Balanced }) },
        { "value clipping", With(t => t with { GradientClipValue = 0.01, LabelSmoothing = 0.1 }) },
        { "variable length", SyntheticJob.SmallSpec with { Data = SyntheticJob.SmallSpec.Data with { Sampling = ClipSampling.Variable } } },
        { "gru both ways", SyntheticJob.SmallSpec with { Model = SyntheticJob.SmallSpec.Model with { Sequence = new SequenceSpec { Kind = SequenceKind.Gru, Hidden = 6, Layers = 2, Bidirectional = true, Dropout = 0.3 } } } },
        { "bfloat16", SyntheticJob.SmallSpec with { Resources = SyntheticJob.SmallSpec.Resources with { Precision = Precision.Bfloat16 } } },
        { "keras epsilon", SyntheticJob.SmallSpec with { Optimizer = SyntheticJob.SmallSpec.Optimizer with { EpsilonRule = EpsilonRule.Keras, DecayEverything = true, WeightDecay = 0.01 } } },
        { "frozen", Frozen("conv1", 0) },
        { "frozen for an epoch", Frozen("bn1", 1) with { Optimizer = SyntheticJob.SmallSpec.Optimizer with { EpsilonRule = EpsilonRule.Keras, WeightDecay = 0.01, BackboneRate = 0.3, HeadRate = 10, BiasRate = 2 } } },
        { "frozen for an epoch, momentum and average", Frozen("flatten", 1) with { Optimizer = new OptimizerSpec { Kind = OptimizerKind.Sgd, LearningRate = 0.03 }, Training = SyntheticJob.SmallSpec.Training with { Ema = 0.9 } } },
        { "single frames", SyntheticJob.SmallSpec with { Model = SyntheticJob.SmallSpec.Model with { Sequence = new SequenceSpec { Kind = SequenceKind.None, Readout = Readout.EveryStep } } } },
        { "all steps to two layers", SyntheticJob.SmallSpec with { Model = SyntheticJob.SmallSpec.Model with { Sequence = new SequenceSpec { Kind = SequenceKind.None, Readout = Readout.All }, Head = new HeadSpec { Layers = 2, Hidden = 8, Dropout = 0.3 } } } },
        { "recomputed", Plain with { Resources = Plain.Resources with { RecomputeFrames = 3 } } },
    };

    private static RunSpec Frozen(string upTo, int epochs) => SyntheticJob.SmallSpec with
    {
        Model = SyntheticJob.SmallSpec.Model with { Backbone = SyntheticJob.SmallSpec.Model.Backbone with { Freeze = BackboneFreeze.UpTo, FreezeUpTo = upTo, FreezeEpochs = epochs } },
    };

    [Fact]
    public void FrozenLayers_KeepTheirWeights_UntilTheirEpochsAreOver()
    {
        using var job = new SyntheticJob(Frozen("bn1", 2) with { Checkpoints = new CheckpointSpec { KeepEveryEpochs = 1 } });
        job.Train();

        string[] epochs = [.. job.Events.OfType<CheckpointEvent>().Where(c => c.Kind.StartsWith("epoch-", StringComparison.Ordinal)).Select(c => Path.Combine(job.Folder, c.File))];
        Assert.Equal(Weights.Hash(epochs[0], "conv1.weight"), Weights.Hash(epochs[1], "conv1.weight"));
        Assert.NotEqual(Weights.Hash(epochs[0], "lstm.weight_ih_l0"), Weights.Hash(epochs[1], "lstm.weight_ih_l0"));
        Assert.NotEqual(Weights.Hash(epochs[1], "conv1.weight"), Weights.Hash(epochs[2], "conv1.weight"));
        Assert.Contains(job.Events.OfType<LogEvent>(), l => l.Message.StartsWith("After 2 epochs", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Resume_WithAnySetting_IsBitForBitTheUninterruptedRun(string setting, RunSpec spec)
    {
        using var straight = new SyntheticJob(spec);
        Assert.Equal(Outcome.Completed, straight.Train().Outcome);
        Assert.Contains(straight.Events.OfType<LogEvent>(), l => l.Message == WorkerProtocol.ResumeVerified);

        using var broken = new SyntheticJob(spec);
        var signal = new StopSignal();
        Assert.Equal(Outcome.Paused, broken.Train(e => Pause(e, 3, signal), signal: signal).Outcome);
        var (checkpoint, refusal) = Checkpoint.Read(broken.Newest("last"));
        Assert.True(refusal is null, $"{setting}: {refusal}");
        using (checkpoint)
            Assert.Equal(Outcome.Completed, broken.Train(resume: checkpoint).Outcome);

        Weights.AssertEqual(straight.Newest("last"), broken.Newest("last"));
        Weights.AssertEqual(straight.Newest("best"), broken.Newest("best"));
    }

    [Fact]
    public void Recomputing_GivesTheSameTrainingAsKeepingActivations()
    {
        foreach (ClipSampling sampling in new[] { ClipSampling.Uniform, ClipSampling.Variable })
        {
            RunSpec kept = Plain with { Data = Plain.Data with { Sampling = sampling } };
            using var keeps = new SyntheticJob(kept);
            using var recomputes = new SyntheticJob(kept with { Resources = kept.Resources with { RecomputeFrames = 3 } });
            keeps.Train();
            recomputes.Train();

            Assert.Equal(Losses(keeps), Losses(recomputes), new Near(1e-4));
        }
    }

    [Fact]
    public void Accumulation_OfTwoBatches_IsOneUpdateFromBoth()
    {
        using var whole = new SyntheticJob(Plain with { Training = Plain.Training with { BatchSize = 6 } });
        using var halves = new SyntheticJob(Plain with { Training = Plain.Training with { BatchSize = 3, Accumulation = 2 } });
        whole.Train();
        halves.Train();

        // 21 clips: the last update has three of them, from one batch.
        Assert.Equal(8, Losses(halves).Count);
        Assert.Equal(Losses(whole), Losses(halves), new Near(1e-4));
    }

    [Fact]
    public void Bfloat16_OnMovingBars_LearnsAsFloat32Does()
    {
        RunSpec spec = SyntheticJob.SmallSpec with { Training = SyntheticJob.SmallSpec.Training with { Epochs = 25 } };
        using var single = new SyntheticJob(spec, train: 60, validation: 30);
        using var half = new SyntheticJob(spec with { Resources = spec.Resources with { Precision = Precision.Bfloat16 } }, train: 60, validation: 30);
        single.Train();
        half.Train();

        Assert.NotEqual(Losses(single), Losses(half));
        Assert.True(BestAccuracy(half) > BestAccuracy(single) - 0.05, $"{BestAccuracy(half)} and {BestAccuracy(single)}");
        var (checkpoint, _) = Checkpoint.Read(half.Newest("last"));
        using (checkpoint)
            Assert.All(checkpoint!.Weights.Where(w => !w.Key.EndsWith("tracked", StringComparison.Ordinal)), w => Assert.Equal(float32, w.Value.dtype));
    }

    [Fact]
    public void AutoPrecision_MeasuresBothAndKeepsItsChoice()
    {
        using var job = new SyntheticJob(SyntheticJob.SmallSpec with { Resources = SyntheticJob.SmallSpec.Resources with { Precision = Precision.Auto } });
        job.Train();

        string report = job.Events.OfType<LogEvent>().Select(l => l.Message).First(m => m.StartsWith("A step takes", StringComparison.Ordinal));
        var (checkpoint, _) = Checkpoint.Read(job.Newest("last"));
        using (checkpoint)
            Assert.EndsWith($"the run uses {SpecField.Word(checkpoint!.Header.State.Precision)}.", report, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightAverage_IsWhatIsValidatedAndDownloaded()
    {
        using var job = new SyntheticJob(With(t => t with { Ema = 0.9 }));
        job.Train();

        var (checkpoint, _) = Checkpoint.Read(job.Newest("last"));
        using (checkpoint)
        {
            Assert.False(checkpoint!.Weights["fc.weight"].allclose(checkpoint.Optimizer["trained.fc.weight"]));
            Assert.True(checkpoint.Weights["bn1.running_mean"].allclose(checkpoint.Optimizer["trained.bn1.running_mean"]));
        }
    }

    [Fact]
    public void EarlyStopping_WhenNothingImproves_EndsTheRunCompletedAndSaysWhy()
    {
        RunSpec spec = With(t => t with { Epochs = 50, EarlyStopping = new EarlyStoppingSpec { Patience = 2, MinimumChange = 10 } });
        using var job = new SyntheticJob(spec, test: 6);

        DoneEvent done = job.Train();

        Assert.Equal((Outcome.Completed, "Stopped early: validation/loss has not improved for 2 epochs."), (done.Outcome, done.Reason));
        Assert.Equal(3, job.Events.OfType<EpochEvent>().Count());
        Assert.Contains(job.Events.OfType<ConfusionMatrixEvent>(), c => c.Split == "test");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Steps_WithAnySetting_LeaveNoTensorBehind(string setting, RunSpec spec)
    {
        using var job = new SyntheticJob(spec);
        var live = new List<long>();
        job.Train(e =>
        {
            if (e is MetricEvent m && m.Values.ContainsKey(MetricKeys.TrainLoss))
                live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        });

        // The optimizer's and gradients' tensors appear with the first step in which all layers learn.
        int first = spec.Model.Backbone.FreezeEpochs * (live.Count / spec.Training.Epochs) + 1;
        Assert.True(live[first..].Distinct().Count() == 1, $"{setting}: {string.Join(", ", live)}");
    }

    [Fact]
    public void TestViews_ReadThatManyClipsFromDifferentPlaces()
    {
        var places = new List<double>();
        using var job = new SyntheticJob(SyntheticJob.SmallSpec with { Evaluation = new EvaluationSpec { TestViews = 3 }, Training = SyntheticJob.SmallSpec.Training with { Epochs = 1 } }, test: 4);

        Trainer.Run(job.Job() with { Clips = job.Clips with { Read = Watched } }, CPU);

        int Watched(int sample, int? epoch, double place, Span<byte> clip)
        {
            if (sample >= 30)
            {
                lock (places)
                    places.Add(place);
            }

            return job.Read(sample, epoch, place, clip);
        }

        Assert.Equal([.. Enumerable.Repeat(1 / 6.0, 4), .. Enumerable.Repeat(0.5, 4), .. Enumerable.Repeat(5 / 6.0, 4)], places.Order());
        Assert.Equal(4, job.Events.OfType<ConfusionMatrixEvent>().Single(c => c.Split == "test").Counts.Sum(row => row.Sum()));
    }

    [Fact]
    public void SanityPass_WhenValidationCannotBeRead_FailsBeforeTheFirstStep()
    {
        using var job = new SyntheticJob();
        TrainingJob broken = job.Job() with { Clips = job.Clips with { Read = (sample, epoch, place, clip) => sample >= 21 ? throw new InvalidDataException($"sample {sample} is broken") : job.Read(sample, epoch, place, clip) } };

        Assert.Throws<InvalidDataException>(() => Trainer.Run(broken, CPU));

        Assert.DoesNotContain(job.Events, e => e is MetricEvent);
    }

    [Fact]
    public void Metrics_OfEachEpoch_AreAllThere()
    {
        using var job = new SyntheticJob();
        job.Train();

        var keys = job.Events.OfType<MetricEvent>().SelectMany(m => m.Values.Keys).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "train/loss", "train/accuracy_top1", "optimizer/learning_rate", "optimizer/gradient_norm", "validation/loss", "validation/accuracy_top1", "validation/accuracy_mean_class",
                "validation/f1_macro", "validation/f1_weighted", "validation/precision_macro", "validation/recall_macro", "validation/calibration_error",
            },
            keys);
    }

    private static RunSpec With(Func<TrainingSpec, TrainingSpec> change) => SyntheticJob.SmallSpec with { Training = change(SyntheticJob.SmallSpec.Training) };

    private static List<double> Losses(SyntheticJob job) => [.. job.Events.OfType<MetricEvent>().Where(m => m.Values.ContainsKey(MetricKeys.TrainLoss)).Select(m => m.Values[MetricKeys.TrainLoss])];

    private static double BestAccuracy(SyntheticJob job) => job.Events.OfType<MetricEvent>().Where(m => m.Values.ContainsKey(MetricKeys.ValidationAccuracy)).Max(m => m.Values[MetricKeys.ValidationAccuracy]);

    private static void Pause(WorkerEvent e, long step, StopSignal signal)
    {
        if (e is MetricEvent metric && metric.Step >= step && metric.Values.ContainsKey(MetricKeys.TrainLoss))
            signal.Ask(StopRequest.Pause);
    }

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double value) => 0;
    }
}
