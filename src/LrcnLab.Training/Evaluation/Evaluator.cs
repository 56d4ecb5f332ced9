using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Evaluation;

/// <summary>What a model says of all clips of one split.</summary>
/// <param name="Loss">Mean cross entropy without label smoothing and class weights.</param>
public sealed record EvaluationResult(double Loss, ClassificationScores Scores, IReadOnlyList<Prediction> Predictions)
{
    /// <summary>All measures by key, such as <c>validation/loss</c>.</summary>
    public Dictionary<string, double> Metrics(Split split)
    {
        string word = RunFiles.Word(split);
        var values = new Dictionary<string, double>
        {
            [$"{word}/loss"] = Loss,
            [$"{word}/accuracy_top1"] = Scores.Accuracy,
            [$"{word}/accuracy_mean_class"] = Scores.MeanClassAccuracy,
            [$"{word}/precision_macro"] = Scores.Averages.MacroPrecision,
            [$"{word}/recall_macro"] = Scores.Averages.MacroRecall,
            [$"{word}/f1_macro"] = Scores.Averages.MacroF1,
            [$"{word}/precision_weighted"] = Scores.Averages.WeightedPrecision,
            [$"{word}/f1_weighted"] = Scores.Averages.WeightedF1,
            [$"{word}/calibration_error"] = Scores.CalibrationError,
        };
        if (Scores.AccuracyTop5 is double top5)
            values[$"{word}/accuracy_top5"] = top5;
        return values;
    }
}

/// <summary>Runs a model over a whole split: no augmentation, no dropout, samples in their order.</summary>
public sealed class Evaluator(RunSpec spec, IReadOnlyList<Sample> samples, int classes, ClipSource source, Device device)
{
    private readonly int[] _labels = [.. samples.Select(s => s.Label)];

    /// <summary>Indices of a split's samples.</summary>
    public int[] Indices(Split split) => [.. Enumerable.Range(0, samples.Count).Where(i => samples[i].Split == split)];

    /// <param name="model">Left in evaluation mode.</param>
    /// <param name="split">Must have samples.</param>
    /// <param name="views">Clips from each video, spread evenly over it; their probabilities and losses are averaged.</param>
    /// <param name="stride">Where not 0: a clip every so many frames of a video instead, see <see cref="ClipSampler.Places"/>. The loss is the mean over clips, so long videos count more in it; everything else is over videos.</param>
    /// <param name="proceed">Called before each batch with clips done and clips in all; false abandons the evaluation.</param>
    /// <returns>Null when abandoned.</returns>
    public EvaluationResult? Evaluate(LrcnModel model, Split split, int views, int stride, Func<int, int, bool> proceed)
    {
        (int Sample, double[] Places)[] videos = [.. Indices(split).Select(sample => (sample, ClipSampler.Places(spec.Data, FrameTicks.Count(samples[sample], spec.Data.FrameRate), views, stride)))];
        ClipChoice[] order = [.. videos.SelectMany(v => v.Places.Select(place => new ClipChoice(v.Sample, place)))];
        var probabilities = new List<float[]>(order.Length);
        double loss = 0;
        model.eval();
        using var noGradient = no_grad();
        using var loader = new ClipLoader(source, order, epoch: null, spec.Training.BatchSize, threads: ClipLoader.Threads(spec.Resources.Threads, device.type == DeviceType.CPU));
        while (loader.Take() is ClipBatch batch)
        {
            if (!proceed(probabilities.Count, order.Length))
                return null;
            using var scope = NewDisposeScope();
            long[]? lengths = batch.LengthsUnlessAll(spec.Data.ClipLength);
            Tensor logits = model.Run(ClipTensors.Clips(batch, spec.Data, device), lengths);
            loss += Outputs.Loss(logits, ClipTensors.Labels(batch, _labels, device), lengths).item<float>() * (double)batch.Samples.Length;
            float[] rows = Outputs.Probabilities(logits, lengths).cpu().data<float>().ToArray();
            probabilities.AddRange(rows.Chunk(classes));
            loader.Return(batch);
        }

        var predictions = new List<Prediction>(videos.Length);
        int first = 0;
        foreach (var (sample, places) in videos)
        {
            predictions.Add(new Prediction(sample, _labels[sample], Mean([.. probabilities.Skip(first).Take(places.Length)])));
            first += places.Length;
        }

        return new EvaluationResult(loss / Math.Max(1, order.Length), ClassificationScores.Of(predictions, classes), predictions);
    }

    private static float[] Mean(float[][] rows) => rows.Length == 1 ? rows[0] : [.. Enumerable.Range(0, rows[0].Length).Select(k => rows.Average(row => row[k]))];
}
