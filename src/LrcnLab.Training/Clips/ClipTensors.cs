using LrcnLab.Core.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Clips;

/// <summary>Bytes to what the network sees. To be called on the training thread, within its scope.</summary>
public static class ClipTensors
{
    /// <returns>Float [N, T, C, H, W]: pixels in 0..1, or each clip minus its mean (of the whole clip, or of each place over time) over its deviation. Frames behind a clip's end count for nothing.</returns>
    public static Tensor Clips(ClipBatch batch, DataSpec data, Device device)
    {
        Tensor pixels = empty([batch.Samples.Length, data.ClipLength, data.Channels(), data.Height, data.Width], uint8);
        batch.Pixels.AsSpan(0, (int)pixels.numel()).CopyTo(pixels.bytes);
        Tensor clips = pixels.to(device).to(float32).div_(255);
        long[]? lengths = batch.LengthsUnlessAll(data.ClipLength);
        if (data.Normalization == ClipNormalization.Unit)
            return clips;

        long[] over = data.Normalization == ClipNormalization.Motion ? [1] : [1, 2, 3, 4];
        if (lengths is null)
        {
            clips.sub_(clips.mean(over, keepdim: true)); // [N, 1, C, H, W] or [N, 1, 1, 1, 1]
            return clips.div_(Bounded(clips.square().mean([1, 2, 3, 4], keepdim: true)));
        }

        Tensor frames = tensor(lengths, device: device).view(-1, 1, 1, 1, 1); // [N, 1, 1, 1, 1]
        Tensor valid = arange(data.ClipLength, device: device).view(1, -1, 1, 1, 1).lt(frames).to(float32); // [N, T, 1, 1, 1]
        double perFrame = clips[0, 0].numel();
        Tensor mean = clips.mul(valid).sum(over, keepdim: true).div_(over.Length == 1 ? frames : frames * perFrame);
        clips.sub_(mean).mul_(valid);
        return clips.div_(Bounded(clips.square().sum([1, 2, 3, 4], keepdim: true).div_(frames * perFrame)));
    }

    /// <summary>A clip of one colour, or in which nothing moves, has no deviation: it becomes zero, not infinite.</summary>
    private static Tensor Bounded(Tensor variance) => variance.sqrt_().clamp_min_(1e-3); // [N, 1, 1, 1, 1]

    /// <returns>Int64 [N].</returns>
    public static Tensor Labels(ClipBatch batch, IReadOnlyList<int> labels, Device device) =>
        tensor(batch.Samples.Select(s => (long)labels[s]).ToArray()).to(device);
}
