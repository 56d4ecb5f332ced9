using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Prepared;

/// <summary>One draw of augmentation that changes colours, the same for all frames of a clip.</summary>
/// <param name="Brightness">Added, as a share of the range 0..255.</param>
/// <param name="Contrast">Distance from mid-grey is multiplied with 1 plus this.</param>
/// <param name="Saturation">Distance from the pixel's own grey is multiplied with 1 plus this; for RGB only.</param>
public readonly record struct ColorChange(double Brightness, double Contrast, double Saturation)
{
    private const int One = 256;

    /// <summary>Always draws three numbers, so that switching one change on leaves the others as they were.</summary>
    public static ColorChange Draw(AugmentationSpec spec, ref SplitMix random) =>
        new(random.NextSymmetric(spec.Brightness), random.NextSymmetric(spec.Contrast), random.NextSymmetric(spec.Saturation));

    /// <param name="frames">Planar <c>[T, C, H, W]</c>, changed in place.</param>
    /// <param name="channels">C.</param>
    /// <param name="plane">H · W.</param>
    public void Apply(Span<byte> frames, int channels, int plane)
    {
        if (Saturation != 0 && channels == 3)
        {
            for (int at = 0; at < frames.Length; at += 3 * plane)
                Saturate(frames.Slice(at, plane), frames.Slice(at + plane, plane), frames.Slice(at + 2 * plane, plane));
        }

        if (Brightness != 0 || Contrast != 0)
            ApplyTable(frames);
    }

    private void Saturate(Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        int strength = (int)Math.Round((1 + Saturation) * One);
        green = green[..red.Length];
        blue = blue[..red.Length];
        for (int i = 0; i < red.Length; i++)
        {
            int grey = (77 * red[i] + 150 * green[i] + 29 * blue[i]) / One; // luma, ITU-R BT.601
            red[i] = Mix(grey, red[i], strength);
            green[i] = Mix(grey, green[i], strength);
            blue[i] = Mix(grey, blue[i], strength);
        }
    }

    private static byte Mix(int grey, int value, int strength) => (byte)Math.Clamp(grey + ((value - grey) * strength + One / 2 >> 8), 0, 255);

    private void ApplyTable(Span<byte> pixels)
    {
        Span<byte> table = stackalloc byte[256];
        for (int v = 0; v < table.Length; v++)
            table[v] = (byte)Math.Clamp((v - 127.5) * (1 + Contrast) + 127.5 + 255 * Brightness + 0.5, 0, 255);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = table[pixels[i]];
    }
}
