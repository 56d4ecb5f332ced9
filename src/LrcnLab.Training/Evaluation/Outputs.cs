using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Evaluation;

/// <summary>What logits mean: [N, K], or [N, T, K] when every step is read.</summary>
public static class Outputs
{
    /// <summary>Mean cross entropy; of every step where every step is read.</summary>
    /// <param name="logits">[N, K] or [N, T, K]</param>
    /// <param name="labels">Int64 [N]</param>
    /// <param name="smoothing">Share of certainty given to the other classes.</param>
    public static Tensor Loss(Tensor logits, Tensor labels, double smoothing = 0)
    {
        if (logits.dim() == 3)
            (logits, labels) = (logits.flatten(0, 1), labels.repeat_interleave(logits.shape[1]));
        return nn.functional.cross_entropy(logits, labels, label_smoothing: smoothing);
    }

    /// <returns>[N, K], rows of sum 1; the mean over the steps where every step is read (late fusion, arXiv 1411.4389 section 3).</returns>
    public static Tensor Probabilities(Tensor logits)
    {
        Tensor probabilities = nn.functional.softmax(logits, -1);
        return logits.dim() == 3 ? probabilities.mean([1]) : probabilities;
    }
}
