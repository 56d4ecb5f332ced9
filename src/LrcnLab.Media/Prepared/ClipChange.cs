using System.Runtime.Intrinsics;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Prepared;

/// <summary>One draw of augmentation that moves pixels; the same for all frames of a clip, so that motion stays what it was.</summary>
/// <param name="ShiftX">Pixels to the right; edge pixels are repeated.</param>
/// <param name="ShiftY">Pixels down; edge pixels are repeated.</param>
/// <param name="Mirror">Left and right exchanged.</param>
/// <param name="Cut">Share of width and height that is cut off; the rest is enlarged to the whole frame.</param>
/// <param name="CutLeft">Share of the cut width that is taken from the left, the rest from the right.</param>
/// <param name="CutTop">Share of the cut height that is taken from the top, the rest from the bottom.</param>
public readonly record struct ClipChange(int ShiftX, int ShiftY, bool Mirror, double Cut = 0, double CutLeft = 0, double CutTop = 0)
{
    private const uint One = 256;

    public static ClipChange None { get; }

    /// <summary>Always draws six numbers, so that switching one change on leaves the others as they were.</summary>
    public static ClipChange Draw(AugmentationSpec spec, int width, int height, ref SplitMix random)
    {
        int x = (int)Math.Round(random.NextSymmetric(spec.Shift) * width), y = (int)Math.Round(random.NextSymmetric(spec.Shift) * height);
        bool mirror = random.NextUnit() < 0.5 && spec.HorizontalFlip;
        return new ClipChange(x, y, mirror, random.NextUnit() * spec.Crop, random.NextUnit(), random.NextUnit());
    }

    /// <param name="source">One frame, planar <c>[C, H, W]</c>.</param>
    /// <param name="target">The changed frame, same shape.</param>
    /// <param name="width">W.</param>
    /// <param name="height">H.</param>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, int width, int height)
    {
        if (Cut > 0)
            Enlarge(source, target, width, height);
        else if (ShiftX != 0 || ShiftY != 0 || Mirror)
            Move(source, target, width, height);
        else
            source.CopyTo(target);
    }

    private void Move(ReadOnlySpan<byte> source, Span<byte> target, int width, int height)
    {
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

    /// <summary>Crop, shift and mirror at once, bilinear: first two rows become one, then each of its neighbours one pixel.</summary>
    private void Enlarge(ReadOnlySpan<byte> source, Span<byte> target, int width, int height)
    {
        // A specification allows frames of 512 pixels.
        Span<int> columns = stackalloc int[width], rows = stackalloc int[height];
        Span<ushort> blended = stackalloc ushort[width + 1];
        Places(columns, CutLeft, ShiftX);
        Places(rows, CutTop, ShiftY);
        if (Mirror)
            columns.Reverse();
        int plane = width * height;
        for (int at = 0; at < source.Length; at += plane)
        {
            for (int y = 0; y < height; y++)
            {
                int upper = rows[y] / (int)One;
                ReadOnlySpan<byte> above = source.Slice(at + upper * width, width), below = source.Slice(at + Math.Min(upper + 1, height - 1) * width, width);
                Blend(above, below, (ushort)(rows[y] % (int)One), blended);
                blended[width] = blended[width - 1];
                Interpolate(blended, columns, target.Slice(at + y * width, width));
            }
        }
    }

    /// <summary>256 times the row between two rows.</summary>
    private static void Blend(ReadOnlySpan<byte> above, ReadOnlySpan<byte> below, ushort share, Span<ushort> blended)
    {
        int x = 0;
        for (; x <= above.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            Vector256<ushort> one = Vector256.WidenLower(Vector128.Create(above[x..]).ToVector256()), other = Vector256.WidenLower(Vector128.Create(below[x..]).ToVector256());
            (one * (ushort)(One - share) + other * share).CopyTo(blended[x..]);
        }

        for (; x < above.Length; x++)
            blended[x] = (ushort)(above[x] * (One - share) + below[x] * share);
    }

    private static void Interpolate(ReadOnlySpan<ushort> blended, ReadOnlySpan<int> columns, Span<byte> row)
    {
        for (int x = 0; x < row.Length; x++)
        {
            uint place = (uint)columns[x], left = place / One, part = place % One;
            row[x] = (byte)((blended[(int)left] * (One - part) + blended[(int)left + 1] * part + One * One / 2) / (One * One));
        }
    }

    /// <summary>Where each pixel of a row or column comes from, in 256ths of a pixel.</summary>
    private void Places(Span<int> places, double cutBefore, int shift)
    {
        int last = (places.Length - 1) * (int)One;
        double kept = 1 - Cut, first = Cut * cutBefore * places.Length;
        for (int i = 0; i < places.Length; i++)
            places[i] = Math.Clamp((int)Math.Round((first + (i - shift + 0.5) * kept - 0.5) * One), 0, last);
    }
}
