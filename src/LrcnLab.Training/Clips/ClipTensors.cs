using LrcnLab.Core.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Clips;

/// <summary>Bytes to what the network sees. To be called on the training thread, within its scope.</summary>
public static class ClipTensors
{
    /// <returns>Float [N, T, C, H, W]: pixels in 0..1, or each clip minus its mean (of the whole clip, or of each place over time) over its deviation.</returns>
    public static Tensor Clips(ClipBatch batch, DataSpec data, Device device)
    {
        Tensor pixels = empty([batch.Samples.Length, data.ClipLength, data.Channels(), data.Height, data.Width], uint8);
        batch.Pixels.AsSpan(0, (int)pixels.numel()).CopyTo(pixels.bytes);
        Tensor clips = pixels.to(device).to(float32).div_(255);
        if (data.Normalization == ClipNormalization.Unit)
            return clips;

        bool motion = data.Normalization == ClipNormalization.Motion;
        clips.sub_(clips.mean(motion ? [1] : [1, 2, 3, 4], keepdim: true)); // [N, 1, C, H, W] or [N, 1, 1, 1, 1]
        Tensor deviation = clips.square().mean([1, 2, 3, 4], keepdim: true).sqrt_(); // [N, 1, 1, 1, 1]

        // A clip of one colour, or in which nothing moves, has no deviation: it becomes zero, not infinite.
        return clips.div_(deviation.clamp_min(1e-3));
    }

    /// <returns>Int64 [N].</returns>
    public static Tensor Labels(ClipBatch batch, IReadOnlyList<int> labels, Device device) =>
        tensor(batch.Samples.Select(s => (long)labels[s]).ToArray()).to(device);
}
