using LrcnLab.Core.Datasets;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Training;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Evaluation;
using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Baselines;

/// <summary>
/// What two simple models reach on the run's own data: the most frequent class, and a linear classifier on the mean over time of the features that the backbone
/// gives before it has learned anything in this run. Each clip is the one of its video's middle, without augmentation.
/// </summary>
internal static class RunBaselines
{
    /// <summary>Tried in turn; the one that serves the validation split best is taken, without such a split the second.</summary>
    private static readonly double[] Decays = [1e-4, 1e-3, 1e-2, 1e-1];

    /// <returns>Accuracies by key; null when it was abandoned.</returns>
    /// <param name="job">Whose clips are read.</param>
    /// <param name="evaluator">Knows the splits.</param>
    /// <param name="model">Left in evaluation mode.</param>
    /// <param name="device">Where it is.</param>
    /// <param name="proceed">Called before each batch; false abandons.</param>
    public static Dictionary<string, double>? Measure(TrainingJob job, Evaluator evaluator, LrcnModel model, Device device, Func<bool> proceed)
    {
        using var scope = NewDisposeScope();
        var values = new Dictionary<string, double>();
        var features = new Dictionary<Split, (Tensor Features, Tensor Labels)>();
        int[] Labels(Split split) => [.. evaluator.Indices(split).Select(i => job.Manifest.Samples[i].Label)];
        int majority = MajorityClass.Of(Labels(Split.Train));
        foreach (Split split in (Split[])[Split.Train, Split.Validation, Split.Test])
        {
            int[] samples = evaluator.Indices(split);
            if (samples.Length == 0)
                continue;
            if (Pooled(job, model, samples, device, proceed) is not Tensor pooled)
                return null;
            features[split] = (pooled, tensor(Labels(split).Select(l => (long)l).ToArray(), device: device));
            if (split != Split.Train)
                values[MetricKeys.MajorityAccuracy(RunFiles.Word(split))] = MajorityClass.Accuracy(majority, Labels(split))!.Value;
        }

        using LinearClassifier classifier = Fit(features, job.Manifest.Classes.Count);
        foreach (var (split, (pooled, labels)) in features.Where(f => f.Key != Split.Train))
            values[MetricKeys.MeanPooledAccuracy(RunFiles.Word(split))] = classifier.Accuracy(pooled, labels);
        return values;
    }

    private static LinearClassifier Fit(Dictionary<Split, (Tensor Features, Tensor Labels)> features, int classes)
    {
        (Tensor train, Tensor labels) = features[Split.Train];
        if (!features.TryGetValue(Split.Validation, out var validation))
            return LinearClassifier.Fit(train, labels, classes, Decays[1]);
        LinearClassifier[] tried = [.. Decays.Select(decay => LinearClassifier.Fit(train, labels, classes, decay))];
        LinearClassifier best = tried.MaxBy(c => c.Accuracy(validation.Features, validation.Labels))!;
        foreach (LinearClassifier other in tried.Where(c => c != best))
            other.Dispose();
        return best;
    }

    /// <returns>[N, F]; null when it was abandoned.</returns>
    private static Tensor? Pooled(TrainingJob job, LrcnModel model, int[] samples, Device device, Func<bool> proceed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        model.eval();
        var rows = new List<Tensor>();
        using var loader = new ClipLoader(job.Clips, [.. samples.Select(s => new ClipChoice(s))], epoch: null, job.Spec.Training.BatchSize, threads: ClipLoader.Threads(job.Spec.Resources.Threads, device.type == DeviceType.CPU));
        while (loader.Take() is ClipBatch batch)
        {
            if (!proceed())
                return null;
            using var inner = NewDisposeScope();
            rows.Add(model.PooledFeatures(ClipTensors.Clips(batch, job.Spec.Data, device), batch.LengthsUnlessAll(job.Spec.Data.ClipLength)).MoveToOuterDisposeScope());
            loader.Return(batch);
        }

        return cat([.. rows], 0).MoveToOuterDisposeScope();
    }
}
