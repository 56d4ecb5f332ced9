using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>
/// Forward and backward pass that keeps no activation of the backbone: it computes the features without gradients, a few frames at a time, and, once the gradient
/// of the features is known, computes each part again to push it back. Same result for a third more work, as the backbone has no chance in it.
/// </summary>
internal sealed class RecomputedPass(LrcnModel model, int framesAtOnce)
{
    /// <param name="clips">[N, T, C, H, W]</param>
    /// <param name="lengths">Valid frames of each clip; null when all are.</param>
    /// <param name="lossOf">Of logits.</param>
    /// <param name="watch">Told when the forward pass is over.</param>
    public (Tensor Logits, Tensor Loss) Run(Tensor clips, long[]? lengths, Func<Tensor, Tensor> lossOf, PhaseWatch watch)
    {
        long batch = clips.shape[0], time = clips.shape[1];
        Tensor frames = clips.flatten(0, 1); // [M, C, H, W]
        Tensor? places = lengths is null ? null : LrcnModel.Places(lengths, time, clips.device);
        if (places is not null)
            frames = frames.index_select(0, places);

        Tensor features;
        using (no_grad())
            features = cat([.. Parts(frames).Select(Features)], 0);
        features.requires_grad_(true); // [M, F]
        Tensor sequence = places is null ? features.reshape(batch, time, -1) : LrcnModel.Scatter(features, places, batch, time);
        Tensor logits = model.Classify(sequence, lengths);
        Tensor loss = lossOf(logits);
        watch.End(Phase.Forward);

        loss.backward();
        if (model.IsFrozen && model.Plan.FrozenLayers == model.Plan.BackboneLayers)
            return (logits, loss);
        Tensor gradient = features.grad!;
        long done = 0;
        foreach (Tensor part in Parts(frames))
        {
            using var scope = NewDisposeScope();
            Tensor again = model.Features(part);
            again.backward([gradient.narrow(0, done, part.shape[0])]);
            done += part.shape[0];
        }

        return (logits, loss);
    }

    private Tensor Features(Tensor part)
    {
        using var scope = NewDisposeScope();
        return model.Features(part).MoveToOuterDisposeScope();
    }

    private IEnumerable<Tensor> Parts(Tensor frames)
    {
        for (long at = 0; at < frames.shape[0]; at += framesAtOnce)
            yield return frames.narrow(0, at, Math.Min(framesAtOnce, frames.shape[0] - at));
    }
}
