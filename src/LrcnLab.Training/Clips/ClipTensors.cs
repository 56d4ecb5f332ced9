using LrcnLab.Core.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Clips;

/// <summary>Bytes to what the network sees. To be called on the training thread, within its scope.</summary>
public static class ClipTensors
{
    // Of red, green, blue in 0..1, as torchvision's weights expect (docs, "Models and pre-trained weights").
    private static readonly float[] ImagenetMean = [0.485f, 0.456f, 0.406f], ImagenetDeviation = [0.229f, 0.224f, 0.225f];

    /// <param name="batch">Clips and their lengths.</param>
    /// <param name="data">Size and normalisation.</param>
    /// <param name="device">Where the tensor shall be.</param>
    /// <param name="half">Asks for bfloat16 instead of float32: the same values, rounded once.</param>
    /// <returns>[N, T, F] of features as they are, else [N, T, C, H, W]: pixels in 0..1 or -1..1, or those minus the mean of ImageNet's colours over their deviation, or each clip minus its mean (of the whole clip, or of each place over time) over its deviation. Frames behind a clip's end count for nothing.</returns>
    public static Tensor Clips(ClipBatch batch, DataSpec data, Device device, bool half = false)
    {
        if (batch.Features > 0)
        {
            Tensor features = empty([batch.Samples.Length, data.ClipLength, batch.Features], float32);
            batch.Bytes.AsSpan(0, (int)features.numel() * sizeof(float)).CopyTo(features.bytes);
            return features.to(half ? bfloat16 : float32, device);
        }

        Tensor pixels = empty([batch.Samples.Length, data.ClipLength, data.Channels(), data.Height, data.Width], uint8);
        batch.Bytes.AsSpan(0, (int)pixels.numel()).CopyTo(pixels.bytes);
        pixels = pixels.to(device);
        // bfloat16 holds 0 to 255 exactly and divides in float32, so the way over float32 would give the same and cost several times as much.
        if (data.Normalization == ClipNormalization.Unit)
            return pixels.to(half ? bfloat16 : float32).div_(Scalars.Of(255));
        Tensor clips = Normalized(pixels.to(float32).div_(Scalars.Of(255)), batch.LengthsUnlessAll(data.ClipLength), data);
        return half ? clips.to(bfloat16) : clips;
    }

    private static Tensor Normalized(Tensor clips, long[]? lengths, DataSpec data)
    {
        if (data.Normalization == ClipNormalization.Symmetric)
            return clips.mul_(Scalars.Of(2)).sub_(Scalars.Of(1));
        if (data.Normalization == ClipNormalization.Imagenet)
            return clips.sub_(Channels(ImagenetMean, clips)).div_(Channels(ImagenetDeviation, clips));
        long[] over = data.Normalization == ClipNormalization.Motion ? [1] : [1, 2, 3, 4];
        if (lengths is null)
        {
            clips.sub_(clips.mean(over, keepdim: true)); // [N, 1, C, H, W] or [N, 1, 1, 1, 1]
            return clips.div_(Bounded((clips * clips).mean([1, 2, 3, 4], keepdim: true)));
        }

        Tensor frames = tensor(lengths, device: clips.device).view(-1, 1, 1, 1, 1); // [N, 1, 1, 1, 1]
        Tensor valid = arange(Scalars.Of(data.ClipLength), device: clips.device).view(1, -1, 1, 1, 1).lt(frames).to(float32); // [N, T, 1, 1, 1]
        double perFrame = clips[0, 0].numel();
        Tensor mean = clips.mul(valid).sum(over, keepdim: true).div_(over.Length == 1 ? frames : frames.mul(Scalars.Of(perFrame)));
        clips.sub_(mean).mul_(valid);
        return clips.div_(Bounded((clips * clips).sum([1, 2, 3, 4], keepdim: true).div_(frames.mul(Scalars.Of(perFrame)))));
    }

    private static Tensor Channels(float[] values, Tensor clips) => tensor(values, device: clips.device).view(1, 1, 3, 1, 1);

    /// <summary>A clip of one colour, or in which nothing moves, has no deviation: it becomes zero, not infinite.</summary>
    private static Tensor Bounded(Tensor variance) => variance.sqrt_().clamp_min_(Scalars.Of(1e-3)); // [N, 1, 1, 1, 1]

    /// <returns>Int64 [N].</returns>
    public static Tensor Labels(ClipBatch batch, IReadOnlyList<int> labels, Device device) =>
        tensor(batch.Samples.Select(s => (long)labels[s]).ToArray()).to(device);
}
