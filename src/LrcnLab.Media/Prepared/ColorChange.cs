using System.Runtime.Intrinsics;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Prepared;

/// <summary>One draw of augmentation that changes colours, the same for all frames of a clip.</summary>
/// <param name="Brightness">Added, as a share of the range 0..255.</param>
/// <param name="Contrast">Distance from mid-grey is multiplied with 1 plus this.</param>
/// <param name="Saturation">Distance from the pixel's own grey is multiplied with 1 plus this; for RGB only.</param>
/// <param name="Hue">Colours are turned by this share of the colour circle; for RGB only.</param>
public readonly record struct ColorChange(double Brightness, double Contrast, double Saturation, double Hue = 0)
{
    private const int Sixtyfourths = 64;

    /// <summary>Luma of ITU-R BT.601, in 256ths.</summary>
    private const ushort RedShare = 77, GreenShare = 150, BlueShare = 29;

    /// <summary>Always draws three numbers, so that switching one change on leaves the others as they were.</summary>
    public static ColorChange Draw(AugmentationSpec spec, ref SplitMix random) =>
        new(random.NextSymmetric(spec.Brightness), random.NextSymmetric(spec.Contrast), random.NextSymmetric(spec.Saturation));

    /// <summary>With the hue of another source.</summary>
    public ColorChange Turn(AugmentationSpec spec, ref SplitMix random) => this with { Hue = random.NextSymmetric(spec.Hue) };

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

        if (Hue != 0 && channels == 3)
        {
            var turn = new HueTurn(Hue);
            for (int at = 0; at < frames.Length; at += 3 * plane)
                turn.Apply(frames.Slice(at, plane), frames.Slice(at + plane, plane), frames.Slice(at + 2 * plane, plane));
        }

        if (Brightness != 0 || Contrast != 0)
            ApplyTable(frames);
    }

    private void Saturate(Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        short strength = (short)Math.Round((1 + Saturation) * Sixtyfourths);
        int i = 0;
        for (; i <= red.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector256<ushort> r = Widen(red[i..]), g = Widen(green[i..]), b = Widen(blue[i..]);
            Vector256<short> grey = ((r * RedShare + g * GreenShare + b * BlueShare) >> 8).AsInt16();
            Mix(grey, r.AsInt16(), strength).CopyTo(red[i..]);
            Mix(grey, g.AsInt16(), strength).CopyTo(green[i..]);
            Mix(grey, b.AsInt16(), strength).CopyTo(blue[i..]);
        }

        for (; i < red.Length; i++)
        {
            int grey = (RedShare * red[i] + GreenShare * green[i] + BlueShare * blue[i]) >> 8;
            red[i] = Mix(grey, red[i], strength);
            green[i] = Mix(grey, green[i], strength);
            blue[i] = Mix(grey, blue[i], strength);
        }
    }

    private static Vector256<ushort> Widen(ReadOnlySpan<byte> values) => Vector256.WidenLower(Vector128.Create(values).ToVector256());

    private static Vector128<byte> Mix(Vector256<short> grey, Vector256<short> value, short strength)
    {
        Vector256<short> mixed = grey + (((value - grey) * strength + Vector256.Create((short)(Sixtyfourths / 2))) >> 6);
        mixed = Vector256.Min(Vector256.Max(mixed, Vector256<short>.Zero), Vector256.Create((short)255));
        return Vector128.Narrow(mixed.GetLower().AsUInt16(), mixed.GetUpper().AsUInt16());
    }

    private static byte Mix(int grey, int value, int strength) => (byte)Math.Clamp(grey + (((value - grey) * strength + Sixtyfourths / 2) >> 6), 0, 255);

    private void ApplyTable(Span<byte> pixels)
    {
        Span<byte> table = stackalloc byte[256];
        for (int v = 0; v < table.Length; v++)
            table[v] = (byte)Math.Clamp((v - 127.5) * (1 + Contrast) + 127.5 + 255 * Brightness + 0.5, 0, 255);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = table[pixels[i]];
    }
}
