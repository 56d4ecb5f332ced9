using LrcnLab.Core.Specs;
using LrcnLab.Training.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Optimization;

/// <summary>What training minimises: cross entropy with label smoothing and class weights, of true labels or of two blended ones.</summary>
internal sealed class TrainingLoss
{
    private readonly TrainingSpec _spec;
    private readonly Tensor? _classWeights;

    /// <param name="spec">Smoothing and class weights.</param>
    /// <param name="trainLabels">Labels of the train split, which class weights balance.</param>
    /// <param name="classes">K</param>
    /// <param name="device">Where logits are.</param>
    public TrainingLoss(TrainingSpec spec, IReadOnlyCollection<int> trainLabels, int classes, Device device)
    {
        _spec = spec;
        if (spec.ClassWeights == ClassWeights.Balanced)
            _classWeights = tensor(Balanced(trainLabels, classes), device: device);
    }

    /// <param name="logits">[N, K] or [N, T, K]</param>
    /// <param name="truth">Int64 [N]</param>
    /// <param name="lengths">Valid steps of each clip; null when all are.</param>
    /// <param name="blend">Share of <paramref name="truth"/>; the rest is the label of the clip that was blended in.</param>
    /// <param name="partner">Int64 [N]; null without blending.</param>
    public Tensor Of(Tensor logits, Tensor truth, long[]? lengths, double blend = 1, Tensor? partner = null)
    {
        logits = logits.to(float32);
        Tensor loss = Outputs.Loss(logits, truth, lengths, _spec.LabelSmoothing, _classWeights);
        return partner is null ? loss : blend * loss + (1 - blend) * Outputs.Loss(logits, partner, lengths, _spec.LabelSmoothing, _classWeights);
    }

    /// <summary>n / (K · n_k): mean 1 over the clips. A class without clips weighs nothing.</summary>
    internal static float[] Balanced(IReadOnlyCollection<int> labels, int classes)
    {
        Dictionary<int, int> counts = labels.CountBy(l => l).ToDictionary();
        return [.. Enumerable.Range(0, classes).Select(k => counts.TryGetValue(k, out int count) ? (float)((double)labels.Count / (counts.Count * count)) : 0)];
    }
}
