using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Evaluation;

/// <summary>What logits mean: [N, K], or [N, T, K] when every step is read.</summary>
public static class Outputs
{
    /// <summary>Mean cross entropy; of every valid step where every step is read.</summary>
    /// <param name="logits">[N, K] or [N, T, K]</param>
    /// <param name="labels">Int64 [N]</param>
    /// <param name="lengths">Valid steps of each clip; null when all are.</param>
    /// <param name="smoothing">Share of certainty given to the other classes.</param>
    /// <param name="classWeights">Float [K]: how much a mistake on each class costs; null for all alike.</param>
    public static Tensor Loss(Tensor logits, Tensor labels, long[]? lengths = null, double smoothing = 0, Tensor? classWeights = null)
    {
        if (logits.dim() == 3)
        {
            long time = logits.shape[1];
            (logits, labels) = (logits.flatten(0, 1), labels.repeat_interleave(time));
            if (lengths is not null)
            {
                Tensor places = LrcnModel.Places(lengths, time, logits.device);
                (logits, labels) = (logits.index_select(0, places), labels.index_select(0, places));
            }
        }

        return nn.functional.cross_entropy(logits, labels, classWeights, label_smoothing: smoothing);
    }

    /// <returns>[N, K], rows of sum 1; the mean over the valid steps where every step is read (late fusion, arXiv 1411.4389 section 3).</returns>
    public static Tensor Probabilities(Tensor logits, long[]? lengths = null)
    {
        Tensor probabilities = nn.functional.softmax(logits, -1);
        if (logits.dim() == 2)
            return probabilities;
        if (lengths is null)
            return probabilities.mean([1]);
        Tensor frames = tensor(lengths, device: logits.device).unsqueeze(1); // [N, 1]
        Tensor valid = arange(Scalars.Of(logits.shape[1]), device: logits.device).unsqueeze(0).lt(frames); // [N, T]
        return probabilities.mul(valid.unsqueeze(2)).sum([1]).div(frames);
    }
}
