using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Evaluation;
using LrcnLab.Training.Models;
using LrcnLab.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <param name="Loss">Before the update, with label smoothing.</param>
/// <param name="Accuracy">Of this batch, before the update.</param>
/// <param name="GradientNorm">Of all gradients together, before clipping.</param>
internal readonly record struct StepResult(double Loss, double Accuracy, double GradientNorm)
{
    public bool IsFinite => double.IsFinite(Loss) && double.IsFinite(GradientNorm);
}

/// <summary>One optimizer update; leaves no tensor behind.</summary>
internal sealed class TrainStep(RunSpec spec, LrcnModel model, ModelOptimizer optimizer, IReadOnlyList<int> labels, Device device)
{
    /// <summary>Does nothing to the weights when loss or gradient is not finite.</summary>
    /// <param name="batch">Clips to learn from.</param>
    /// <param name="step">Updates done before; decides dropout.</param>
    /// <param name="learningRate">Of this update.</param>
    public StepResult Run(ClipBatch batch, long step, double learningRate)
    {
        using var scope = NewDisposeScope();
        using Generator generator = manual_seed(SeedOf(spec.Training.Seed, step));
        Tensor clips = ClipTensors.Clips(batch, spec.Data, device); // [N, T, C, H, W]
        Tensor truth = ClipTensors.Labels(batch, labels, device); // [N]

        optimizer.ZeroGradients();
        Tensor logits = model.call(clips); // [N, K] or [N, T, K]
        Tensor loss = Outputs.Loss(logits, truth, spec.Training.LabelSmoothing);
        loss.backward();
        double norm = optimizer.ClipGradients(spec.Training.GradientClip);
        double accuracy = Outputs.Probabilities(logits.detach()).argmax(1).eq(truth).to(float32).mean().item<float>();
        var result = new StepResult(loss.item<float>(), accuracy, norm);
        if (result.IsFinite)
            optimizer.Step(learningRate);
        return result;
    }

    /// <summary>Dropout as a function of seed and step: a resumed run draws the same masks without a saved generator.</summary>
    private static long SeedOf(int seed, long step) => (long)(new SplitMix(new SplitMix((ulong)seed).Next() ^ (ulong)step).Next() >> 1);
}
