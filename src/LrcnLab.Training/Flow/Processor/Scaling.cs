using System.Numerics;

namespace LrcnLab.Training.Flow.Processor;

/// <summary>What <see cref="FlowPyramid"/> does to pictures, for one plane on one thread.</summary>
internal static class Scaling
{
    /// <summary>Gaussian, edge pixels repeated.</summary>
    /// <param name="source">[H, W].</param>
    /// <param name="target">Same size.</param>
    /// <param name="room">Same size.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="weights">Of <see cref="FlowPyramid.Gaussian"/>.</param>
    public static void Blur(ReadOnlySpan<float> source, Span<float> target, Span<float> room, int height, int width, float[] weights)
    {
        int radius = weights.Length / 2;
        Span<float> padded = new float[width + 2 * radius];
        room.Clear();
        target.Clear();
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = source.Slice(y * width, width);
            row.CopyTo(padded[radius..]);
            padded[..radius].Fill(row[0]);
            padded[^radius..].Fill(row[^1]);
            for (int i = 0; i < weights.Length; i++)
                Add(padded.Slice(i, width), weights[i], room.Slice(y * width, width));
        }

        for (int y = 0; y < height; y++)
        {
            for (int i = 0; i < weights.Length; i++)
                Add(room.Slice(Math.Clamp(y + i - radius, 0, height - 1) * width, width), weights[i], target.Slice(y * width, width));
        }
    }

    /// <summary>Bilinear, pixels taken as areas: the picture's edges stay on its edges.</summary>
    /// <param name="source">[h, w].</param>
    /// <param name="from">h, w.</param>
    /// <param name="target">[H, W].</param>
    /// <param name="to">H, W.</param>
    /// <param name="factor">Each value is multiplied with it.</param>
    public static void Resize(ReadOnlySpan<float> source, (int Height, int Width) from, Span<float> target, (int Height, int Width) to, float factor = 1)
    {
        for (int y = 0; y < to.Height; y++)
        {
            (int above, int below, float down) = Place(y, from.Height, to.Height);
            ReadOnlySpan<float> upper = source.Slice(above * from.Width, from.Width), lower = source.Slice(below * from.Width, from.Width);
            for (int x = 0; x < to.Width; x++)
            {
                (int left, int right, float across) = Place(x, from.Width, to.Width);
                float top = upper[left] + (upper[right] - upper[left]) * across, bottom = lower[left] + (lower[right] - lower[left]) * across;
                target[y * to.Width + x] = (top + (bottom - top) * down) * factor;
            }
        }
    }

    private static (int Before, int After, float Share) Place(int index, int from, int to)
    {
        float at = Math.Max(0, (index + 0.5f) * ((float)from / to) - 0.5f);
        int before = Math.Min((int)at, from - 1);
        return (before, Math.Min(before + 1, from - 1), at - before);
    }

    private static void Add(ReadOnlySpan<float> source, float weight, Span<float> sum)
    {
        int x = 0;
        for (; x <= source.Length - Vector<float>.Count; x += Vector<float>.Count)
            Vector.FusedMultiplyAdd(new Vector<float>(source[x..]), new Vector<float>(weight), new Vector<float>(sum[x..])).CopyTo(sum[x..]);
        for (; x < source.Length; x++)
            sum[x] = MathF.FusedMultiplyAdd(source[x], weight, sum[x]);
    }
}
