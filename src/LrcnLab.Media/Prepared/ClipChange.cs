using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Prepared;

/// <summary>One draw of augmentation; the same change for all frames of a clip, so that motion stays what it was.</summary>
/// <param name="ShiftX">Pixels to the right; edge pixels are repeated.</param>
/// <param name="ShiftY">Pixels down; edge pixels are repeated.</param>
/// <param name="Mirror">Left and right exchanged.</param>
/// <param name="Brightness">Added, as a share of the range 0..255.</param>
/// <param name="Contrast">Distance from mid-grey is multiplied with 1 plus this.</param>
public readonly record struct ClipChange(int ShiftX, int ShiftY, bool Mirror, double Brightness, double Contrast)
{
    public static ClipChange None { get; }

    /// <summary>Always draws five numbers, so that switching one change on leaves the others as they were.</summary>
    public static ClipChange Draw(AugmentationSpec spec, int width, int height, ref SplitMix random)
    {
        int x = (int)Math.Round(random.NextSymmetric(spec.Shift) * width), y = (int)Math.Round(random.NextSymmetric(spec.Shift) * height);
        bool mirror = random.NextUnit() < 0.5 && spec.HorizontalFlip;
        return new ClipChange(x, y, mirror, random.NextSymmetric(spec.Brightness), random.NextSymmetric(spec.Contrast));
    }

    private bool ChangesValues => Brightness != 0 || Contrast != 0;

    private bool MovesPixels => ShiftX != 0 || ShiftY != 0 || Mirror;

    /// <param name="source">One frame, planar <c>[C, H, W]</c>.</param>
    /// <param name="target">The changed frame, same shape.</param>
    /// <param name="width">W.</param>
    /// <param name="height">H.</param>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, int width, int height)
    {
        if (!MovesPixels)
        {
            source.CopyTo(target);
            return;
        }

        int plane = width * height;
        for (int at = 0; at < source.Length; at += plane)
        {
            for (int y = 0; y < height; y++)
            {
                int from = Math.Clamp(y - ShiftY, 0, height - 1);
                MoveRow(source.Slice(at + from * width, width), target.Slice(at + y * width, width));
            }
        }
    }

    /// <summary>Brightness and contrast, in place.</summary>
    public void ApplyValues(Span<byte> pixels)
    {
        if (!ChangesValues)
            return;
        Span<byte> table = stackalloc byte[256];
        for (int v = 0; v < table.Length; v++)
            table[v] = (byte)Math.Clamp((v - 127.5) * (1 + Contrast) + 127.5 + 255 * Brightness + 0.5, 0, 255);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = table[pixels[i]];
    }

    private void MoveRow(ReadOnlySpan<byte> row, Span<byte> target)
    {
        int kept = row.Length - Math.Abs(ShiftX);
        if (ShiftX >= 0)
        {
            target[..ShiftX].Fill(row[0]);
            row[..kept].CopyTo(target[ShiftX..]);
        }
        else
        {
            row[^kept..].CopyTo(target);
            target[kept..].Fill(row[^1]);
        }

        if (Mirror)
            target.Reverse();
    }
}
