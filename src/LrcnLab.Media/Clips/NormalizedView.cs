using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Clips;

/// <summary>A clip after normalisation, made visible: mid-grey is 0, black and white are three deviations away. Training computes the same in floating point.</summary>
internal static class NormalizedView
{
    private const double Deviations = 3, SmallestDeviation = 1e-3;

    /// <param name="clip">Planar <c>[T, C, H, W]</c>, changed in place.</param>
    /// <param name="length">T.</param>
    /// <param name="normalization">What the network gets; <see cref="ClipNormalization.Unit"/> changes nothing, and <see cref="ClipNormalization.Imagenet"/> and <see cref="ClipNormalization.Symmetric"/> nothing that can be seen.</param>
    public static void Apply(Span<byte> clip, int length, ClipNormalization normalization)
    {
        if (normalization is ClipNormalization.Unit or ClipNormalization.Imagenet or ClipNormalization.Symmetric || clip.IsEmpty)
            return;
        int frame = clip.Length / length;
        double[] means = new double[frame];
        for (int i = 0; i < clip.Length; i++)
            means[i % frame] += clip[i] / 255.0 / length;
        if (normalization == ClipNormalization.PerClip)
            Array.Fill(means, means.Average());

        double squares = 0;
        for (int i = 0; i < clip.Length; i++)
            squares += Math.Pow(clip[i] / 255.0 - means[i % frame], 2);
        double deviation = Math.Max(SmallestDeviation, Math.Sqrt(squares / clip.Length));
        for (int i = 0; i < clip.Length; i++)
            clip[i] = (byte)Math.Clamp(Math.Round(127.5 * (1 + (clip[i] / 255.0 - means[i % frame]) / deviation / Deviations)), 0, 255);
    }
}
