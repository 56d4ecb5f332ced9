using System.Numerics;

namespace LrcnLab.Training.Flow.Processor;

/// <summary><see cref="MedianOfNine"/> for one plane; planes as in <see cref="PairSolver"/>.</summary>
internal static unsafe class MedianRows
{
    /// <param name="plane">Changed in place; what lies beside it becomes zero again.</param>
    /// <param name="room">Another plane.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="stride">Floats from row to row.</param>
    public static void Apply(float* plane, float* room, int height, int width, int stride)
    {
        for (int y = -1; y <= height; y++)
        {
            var row = new ReadOnlySpan<float>(plane + Math.Clamp(y, 0, height - 1) * stride, width);
            float* copy = room + y * stride;
            row.CopyTo(new Span<float>(copy, width));
            (copy[-1], copy[width]) = (row[0], row[^1]);
        }

        for (int y = 0; y < height; y++)
        {
            float* row = room + y * stride, target = plane + y * stride;
            for (int x = 0; x < width; x += Vector<float>.Count)
                Vector.Store(At(row + x, stride), target + x);
            new Span<float>(target + width, stride - width).Clear();
        }
    }

    private static Vector<float> At(float* pixel, int stride)
    {
        Vector<float> a = Vector.Load(pixel - stride - 1), b = Vector.Load(pixel - stride), c = Vector.Load(pixel - stride + 1);
        Vector<float> d = Vector.Load(pixel - 1), e = Vector.Load(pixel), f = Vector.Load(pixel + 1);
        Vector<float> g = Vector.Load(pixel + stride - 1), h = Vector.Load(pixel + stride), i = Vector.Load(pixel + stride + 1);
        Order(ref a, ref b, ref c);
        Order(ref d, ref e, ref f);
        Order(ref g, ref h, ref i);
        // The median of the largest minimum, the middle of the middles and the smallest maximum.
        Vector<float> low = Max(Max(a, d), g), high = Min(Min(c, f), i);
        Order(ref b, ref e, ref h);
        Order(ref low, ref e, ref high);
        return e;
    }

    private static void Order(ref Vector<float> low, ref Vector<float> middle, ref Vector<float> high)
    {
        (low, middle) = (Min(low, middle), Max(low, middle));
        (middle, high) = (Min(middle, high), Max(middle, high));
        (low, middle) = (Min(low, middle), Max(low, middle));
    }

    private static Vector<float> Min(Vector<float> a, Vector<float> b) => Vector.MinNative(a, b);

    private static Vector<float> Max(Vector<float> a, Vector<float> b) => Vector.MaxNative(a, b);
}
