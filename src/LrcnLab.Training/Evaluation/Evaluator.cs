using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Evaluation;

/// <summary>What a model says of all clips of one split.</summary>
/// <param name="Loss">Mean cross entropy without label smoothing.</param>
public sealed record EvaluationResult(double Loss, ClassificationScores Scores, IReadOnlyList<Prediction> Predictions);

/// <summary>Runs a model over a whole split: no augmentation, no dropout, samples in their order.</summary>
public sealed class Evaluator(RunSpec spec, IReadOnlyList<Sample> samples, int classes, ClipRead read, Device device)
{
    private readonly int[] _labels = [.. samples.Select(s => s.Label)];

    /// <summary>Indices of a split's samples.</summary>
    public int[] Indices(Split split) => [.. Enumerable.Range(0, samples.Count).Where(i => samples[i].Split == split)];

    /// <param name="model">Left in evaluation mode.</param>
    /// <param name="split">Must have samples.</param>
    /// <param name="proceed">Called before each batch with clips done and clips in all; false abandons the evaluation.</param>
    /// <returns>Null when abandoned.</returns>
    public EvaluationResult? Evaluate(LrcnModel model, Split split, Func<int, int, bool> proceed)
    {
        int[] order = Indices(split);
        var predictions = new List<Prediction>(order.Length);
        double loss = 0;
        model.eval();
        using var noGradient = no_grad();
        using var loader = new ClipLoader(read, order, epoch: null, spec.Data.ClipBytes(), spec.Training.BatchSize);
        while (loader.Take() is ClipBatch batch)
        {
            if (!proceed(predictions.Count, order.Length))
                return null;
            using var scope = NewDisposeScope();
            Tensor logits = model.call(ClipTensors.Clips(batch, spec.Data, device));
            loss += Outputs.Loss(logits, ClipTensors.Labels(batch, _labels, device)).item<float>() * (double)batch.Samples.Length;
            float[] probabilities = Outputs.Probabilities(logits).cpu().data<float>().ToArray();
            for (int i = 0; i < batch.Samples.Length; i++)
                predictions.Add(new Prediction(batch.Samples[i], _labels[batch.Samples[i]], probabilities[(i * classes)..((i + 1) * classes)]));
            loader.Return(batch);
        }

        return new EvaluationResult(loss / Math.Max(1, order.Length), ClassificationScores.Of(predictions, classes), predictions);
    }
}
