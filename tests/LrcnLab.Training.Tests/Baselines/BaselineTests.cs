using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Training.Baselines;
using LrcnLab.Training.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Baselines;

public sealed class BaselineTests
{
    [Fact]
    public void MajorityClass_IsTheMostFrequent()
    {
        Assert.Equal(2, MajorityClass.Of([1, 2, 2, 0]));
        Assert.Equal(1, MajorityClass.Of([2, 1, 1, 2]));
        Assert.Equal(0.25, MajorityClass.Accuracy(2, [1, 2, 0, 0]));
        Assert.Null(MajorityClass.Accuracy(2, []));
    }

    [Fact]
    public void LinearClassifier_SeparatesWhatIsSeparable()
    {
        using var scope = NewDisposeScope();
        using Generator generator = manual_seed(3);
        Tensor labels = arange(90, int64) % 3;
        Tensor features = randn([90, 5], generator: generator) * 0.3 + 100 * nn.functional.one_hot(labels, 5).to(float32);

        using LinearClassifier classifier = LinearClassifier.Fit(features, labels, 3, 1e-3);

        Assert.Equal(1, classifier.Accuracy(features, labels));
        Assert.Equal(0, classifier.Accuracy(features, (labels + 1) % 3));
    }

    [Fact]
    public void Train_WithBaselines_MeasuresThemOnceAndChangesNothingElse()
    {
        RunSpec with = SyntheticJob.SmallSpec with { Evaluation = new EvaluationSpec { Baselines = true } };
        using var plain = new SyntheticJob(test: 6);
        using var job = new SyntheticJob(with, test: 6);
        plain.Train();
        job.Train();

        MetricEvent measured = Assert.Single(job.Events.OfType<MetricEvent>(), m => m.Values.ContainsKey(MetricKeys.MeanPooledAccuracy("validation")));
        Assert.Equal(0, measured.Step);
        Assert.Equal(
            [MetricKeys.MajorityAccuracy("test"), MetricKeys.MajorityAccuracy("validation"), MetricKeys.MeanPooledAccuracy("test"), MetricKeys.MeanPooledAccuracy("validation")],
            measured.Values.Keys.Order());
        Assert.Equal(1 / 3.0, measured.Values[MetricKeys.MajorityAccuracy("validation")], 1e-9);
        Assert.All(measured.Values.Values, v => Assert.InRange(v, 0, 1));
        Assert.Contains(job.Events.OfType<LogEvent>(), l => l.Message.StartsWith("Baselines on the test split", StringComparison.Ordinal));
        Assert.Equal(LastHash(plain), LastHash(job));
        Assert.Equal(job.Events.OfType<CheckpointEvent>().Count(), plain.Events.OfType<CheckpointEvent>().Count());
    }

    [Fact]
    public void Train_PausedWhileMeasuring_MeasuresWhenItGoesOn()
    {
        using var job = new SyntheticJob(SyntheticJob.SmallSpec with { Evaluation = new EvaluationSpec { Baselines = true } });
        var signal = new StopSignal();
        DoneEvent done = job.Train(e => Pause(e, signal), signal: signal);
        Assert.Equal(Outcome.Paused, done.Outcome);
        Assert.DoesNotContain(job.Events.OfType<MetricEvent>(), m => m.Values.ContainsKey(MetricKeys.MeanPooledAccuracy("validation")));

        var (checkpoint, _) = Checkpoint.Read(job.Newest("last"));
        using (checkpoint)
            Assert.Equal(Outcome.Completed, job.Train(resume: checkpoint).Outcome);
        Assert.Single(job.Events.OfType<MetricEvent>(), m => m.Values.ContainsKey(MetricKeys.MeanPooledAccuracy("validation")));

        static void Pause(WorkerEvent e, StopSignal signal)
        {
            if (e is CheckInEvent { Stage: "baselines" })
                signal.Ask(StopRequest.Pause);
        }
    }

    private static string LastHash(SyntheticJob job) => job.Events.OfType<CheckpointEvent>().Last(c => c.Kind == "last").WeightsSha256;
}
