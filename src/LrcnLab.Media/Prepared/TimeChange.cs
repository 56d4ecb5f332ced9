using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Prepared;

/// <summary>One draw of augmentation that changes when frames are taken.</summary>
/// <param name="Speed">Distance between frames is multiplied with it; for contiguous clips only, 1 for as it was.</param>
/// <param name="Reverse">The last frame comes first.</param>
public readonly record struct TimeChange(double Speed, bool Reverse)
{
    /// <summary>Always draws two numbers, so that switching one change on leaves the other as it was.</summary>
    public static TimeChange Draw(DataSpec data, AugmentationSpec spec, ref SplitMix random)
    {
        double speed = 1 + random.NextSymmetric(spec.Speed);
        bool reverse = random.NextUnit() < 0.5 && spec.TimeReversal;
        return new TimeChange(data.Sampling is ClipSampling.Contiguous or ClipSampling.Variable ? speed : 1, reverse);
    }

    /// <summary>Stretches the clip about its middle, as far as the video reaches; a clip that already needs more frames than there are keeps its speed.</summary>
    /// <param name="clip">Indices of frames, in order.</param>
    /// <param name="frames">Frames of the video.</param>
    public void Apply(Span<int> clip, int frames)
    {
        int span = clip[^1] - clip[0];
        if (Speed != 1 && span > 0 && IsEven(clip))
        {
            double length = Math.Min(span * Speed, frames - 1), first = Math.Clamp(clip[0] + (span - length) / 2, 0, frames - 1 - length);
            for (int t = 0; t < clip.Length; t++)
                clip[t] = (int)Math.Round(first + t * length / (clip.Length - 1));
        }

        if (Reverse)
            clip.Reverse();
    }

    /// <summary>Neither the end is repeated nor the video started over.</summary>
    private static bool IsEven(ReadOnlySpan<int> clip)
    {
        for (int t = 2; t < clip.Length; t++)
        {
            if (clip[t] - clip[t - 1] != clip[1] - clip[0])
                return false;
        }

        return true;
    }
}
