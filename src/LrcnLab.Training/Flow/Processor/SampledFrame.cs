using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LrcnLab.Training.Flow.Processor;

/// <summary>The second frame of a pair with its derivatives (central differences), to be sampled anywhere; edge pixels are repeated.</summary>
internal sealed unsafe class SampledFrame(int height, int width) : IDisposable
{
    private const int Before = 1, After = 2, Alignment = 64;

    /// <summary>Squared, in brightness levels per pixel; as in <see cref="Linearized"/>.</summary>
    private const float NoGradient = 1e-6f;

    private readonly int _stride = width + Before + After;

    /// <summary>Brightness, its derivative by x, by y, and nothing.</summary>
    private readonly Vector128<float>* _pixels =
        (Vector128<float>*)NativeMemory.AlignedAlloc((nuint)(width + Before + After) * (nuint)(height + Before + After) * (nuint)sizeof(Vector128<float>), Alignment);

    /// <param name="picture">[H, W].</param>
    public void Fill(ReadOnlySpan<float> picture)
    {
        for (int row = 0; row < height + Before + After; row++)
        {
            int y = Math.Clamp(row - Before, 0, height - 1);
            ReadOnlySpan<float> here = picture.Slice(y * width, width), above = picture.Slice(Math.Max(y - 1, 0) * width, width), below = picture.Slice(Math.Min(y + 1, height - 1) * width, width);
            for (int column = 0; column < _stride; column++)
            {
                int x = Math.Clamp(column - Before, 0, width - 1);
                float right = here[Math.Min(x + 1, width - 1)], left = here[Math.Max(x - 1, 0)];
                _pixels[row * _stride + column] = Vector128.Create(here[x], (right - left) / 2, (below[x] - above[x]) / 2, 0);
            }
        }
    }

    /// <summary>Fills gradient, slope and rest around the present flow, as <see cref="Linearized.Around"/> does; planes as in <see cref="PairSolver"/>.</summary>
    public void Linearize(ReadOnlySpan<float> first, float* flow, int stride, int plane)
    {
        for (int y = 0; y < height; y++)
        {
            float* row = flow + y * stride;
            for (int x = 0; x < width; x++)
            {
                float u = row[x], v = row[x + plane], gradientX = 0, gradientY = 0, inverse = 0, rest = 0;
                float atX = x + u, atY = y + v;
                if (atX >= 0 && atX <= width - 1 && atY >= 0 && atY <= height - 1)
                {
                    Vector128<float> warped = At(atX, atY);
                    (float gx, float gy) = (warped.GetElement(1), warped.GetElement(2));
                    float square = gx * gx + gy * gy;
                    if (square > NoGradient)
                    {
                        (gradientX, gradientY, inverse) = (gx, gy, 1 / square);
                        rest = (warped.ToScalar() - first[y * width + x] - gx * u - gy * v) * inverse;
                    }
                }

                row[x + 6 * plane] = gradientX;
                row[x + 7 * plane] = gradientY;
                row[x + 8 * plane] = gradientX * inverse;
                row[x + 9 * plane] = gradientY * inverse;
                row[x + 10 * plane] = rest;
            }
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_pixels);

    private Vector128<float> At(float x, float y)
    {
        int left = (int)x, top = (int)y;
        Vector128<float> across = Weights(x - left), down = Weights(y - top), sum = Vector128<float>.Zero;
        Vector128<float> w0 = Vector128.Create(across.GetElement(0)), w1 = Vector128.Create(across.GetElement(1)), w2 = Vector128.Create(across.GetElement(2)), w3 = Vector128.Create(across.GetElement(3));
        Vector128<float>* corner = _pixels + top * _stride + left;
        for (int row = 0; row < 4; row++, corner += _stride)
            sum += (corner[0] * w0 + corner[1] * w1 + corner[2] * w2 + corner[3] * w3) * down.GetElement(row);
        return sum;
    }

    /// <summary>Cubic convolution with a = -1/2 (R. Keys, 1981), of the pixels at -1, 0, 1 and 2.</summary>
    private static Vector128<float> Weights(float t)
    {
        float t2 = t * t, t3 = t2 * t;
        return Vector128.Create((2 * t2 - t - t3) / 2, (2 - 5 * t2 + 3 * t3) / 2, (t + 4 * t2 - 3 * t3) / 2, (t3 - t2) / 2);
    }
}
