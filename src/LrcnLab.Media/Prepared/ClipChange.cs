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
    private const int One = RowStretch.One;

    public static ClipChange None { get; }

    /// <summary>Share of the width that is left by <see cref="Cut"/> which is cut off too.</summary>
    public double Narrow { get; init; }

    /// <summary>Share of the height that is left by <see cref="Cut"/> which is cut off too.</summary>
    public double Flat { get; init; }

    /// <summary>Always draws six numbers, so that switching one change on leaves the others as they were.</summary>
    public static ClipChange Draw(AugmentationSpec spec, int width, int height, ref SplitMix random)
    {
        int x = (int)Math.Round(random.NextSymmetric(spec.Shift) * width), y = (int)Math.Round(random.NextSymmetric(spec.Shift) * height);
        bool mirror = random.NextUnit() < 0.5 && spec.HorizontalFlip;
        return new ClipChange(x, y, mirror, random.NextUnit() * spec.Crop, random.NextUnit(), random.NextUnit());
    }

    /// <summary>With a draw of crop scales and aspect from another source. Always draws three numbers.</summary>
    public ClipChange Reshape(AugmentationSpec spec, ref SplitMix random)
    {
        double first = random.NextUnit(), second = random.NextUnit(), stretch = random.NextSymmetric(Math.Log(1 + spec.Aspect));
        double width = 1, height = 1;
        if (spec.CropScales is { Count: > 0 and int count } scales)
        {
            // TSN's multi-scale crop: the two sides are at most one entry apart, so that shapes stay moderate.
            int wide = (int)(first * count), from = Math.Max(0, wide - 1), to = Math.Min(count - 1, wide + 1);
            (width, height) = (scales[wide] / 100.0, scales[from + (int)(second * (to - from + 1))] / 100.0);
        }

        return this with { Narrow = 1 - width * Math.Exp(Math.Min(0, stretch)), Flat = 1 - height * Math.Exp(Math.Min(0, -stretch)) };
    }

    /// <param name="source">One frame, planar <c>[C, H, W]</c>.</param>
    /// <param name="target">The changed frame, same shape.</param>
    /// <param name="width">W.</param>
    /// <param name="height">H.</param>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, int width, int height)
    {
        if (Cut > 0 || Narrow > 0 || Flat > 0)
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

    /// <summary>Crop, shift and mirror at once, bilinear.</summary>
    private void Enlarge(ReadOnlySpan<byte> source, Span<byte> target, int width, int height)
    {
        // A specification allows frames of 512 pixels.
        Span<int> columns = stackalloc int[width], rows = stackalloc int[height];
        Places(columns, Cut + (1 - Cut) * Narrow, CutLeft, ShiftX);
        Places(rows, Cut + (1 - Cut) * Flat, CutTop, ShiftY);
        if (Mirror)
            columns.Reverse();
        int blocks = RowStretch.Blocks(width);
        var stretch = new RowStretch(
            columns, stackalloc int[blocks], stackalloc byte[blocks * RowStretch.Width], stackalloc ushort[blocks * RowStretch.Width], stackalloc byte[width + 2 * RowStretch.Width]);
        Span<ushort> above = stackalloc ushort[width], below = stackalloc ushort[width];
        int plane = width * height;
        for (int at = 0; at < source.Length; at += plane)
        {
            int upper = -1, lower = -1;
            for (int y = 0; y < height; y++)
            {
                int row = rows[y] / One, next = Math.Min(row + 1, height - 1);
                if (row == lower && row != upper)
                {
                    Span<ushort> spare = above;
                    above = below;
                    below = spare;
                    (upper, lower) = (lower, upper);
                }

                if (row != upper)
                    stretch.Apply(source.Slice(at + row * width, width), above);
                if (next != lower)
                    stretch.Apply(source.Slice(at + next * width, width), below);
                (upper, lower) = (row, next);
                RowStretch.Blend(above, below, rows[y] % One, target.Slice(at + y * width, width));
            }
        }
    }

    /// <summary>Where each pixel of a row or column comes from, in 256ths of a pixel.</summary>
    private static void Places(Span<int> places, double cut, double cutBefore, int shift)
    {
        int last = (places.Length - 1) * One;
        double kept = 1 - cut, first = cut * cutBefore * places.Length;
        for (int i = 0; i < places.Length; i++)
            places[i] = Math.Clamp((int)Math.Round((first + (i - shift + 0.5) * kept - 0.5) * One), 0, last);
    }
}
