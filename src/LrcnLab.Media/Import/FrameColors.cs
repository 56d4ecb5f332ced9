using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>Mean and deviation of red, green and blue over frames.</summary>
internal static class FrameColors
{
    private const int Channels = 3;

    /// <param name="frames">At least one; planar RGB.</param>
    /// <param name="format">Of all frames.</param>
    public static ColorStatistics Of(IReadOnlyList<byte[]> frames, FrameFormat format)
    {
        int plane = format.Width * format.Height;
        double[] mean = new double[Channels], deviation = new double[Channels];
        for (int c = 0; c < Channels; c++)
        {
            long sum = 0, squares = 0;
            foreach (byte[] frame in frames)
            {
                foreach (byte value in frame.AsSpan(c * plane, plane))
                {
                    sum += value;
                    squares += value * value;
                }
            }

            double count = (double)plane * frames.Count, m = sum / count;
            mean[c] = Math.Round(m / 255, 6);
            deviation[c] = Math.Round(Math.Sqrt(Math.Max(0, squares / count - m * m)) / 255, 6);
        }

        return new ColorStatistics(mean, deviation);
    }
}
