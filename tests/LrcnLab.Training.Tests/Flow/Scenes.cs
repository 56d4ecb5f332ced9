using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Flow;

/// <summary>Pairs of frames whose motion is known, because the picture is a formula that can be asked for its brightness anywhere.</summary>
internal static class Scenes
{
    /// <summary>Where a point of the first frame is in the second.</summary>
    public delegate (double X, double Y) Motion(double x, double y);

    public static Motion Shift(double x, double y) => (_, _) => (x, y);

    /// <summary>By degrees clockwise on the screen, around a point.</summary>
    public static Motion Rotation(double degrees, double centerX, double centerY)
    {
        (double sin, double cos) = Math.SinCos(degrees * Math.PI / 180);
        return (x, y) => ((cos - 1) * (x - centerX) - sin * (y - centerY), sin * (x - centerX) + (cos - 1) * (y - centerY));
    }

    public static Motion Zoom(double share, double centerX, double centerY) => (x, y) => (share * (x - centerX), share * (y - centerY));

    /// <summary>Waves of 5 to 35 pixels in all directions, contrast as in a photograph.</summary>
    public static Func<double, double, double> Texture(int seed)
    {
        var random = new Random(seed);
        (double Fx, double Fy, double Phase)[] waves = [.. Enumerable.Range(0, 24).Select(_ =>
        {
            double length = 5 + 30 * random.NextDouble(), angle = 2 * Math.PI * random.NextDouble();
            return (2 * Math.PI / length * Math.Cos(angle), 2 * Math.PI / length * Math.Sin(angle), 2 * Math.PI * random.NextDouble());
        })];
        return (x, y) => 128 + waves.Sum(w => 12 * Math.Sin(w.Fx * x + w.Fy * y + w.Phase));
    }

    /// <summary>A frame of whole brightness levels, as a decoder gives them; [1, 1, H, W].</summary>
    public static Tensor Frame(int width, int height, Func<double, double, double> brightness)
    {
        float[] pixels = new float[width * height];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (float)Math.Clamp(Math.Round(brightness(i % width, i / width)), 0, 255);
        return tensor(pixels).view(1, 1, height, width);
    }

    /// <summary>The second frame of a motion, whose inverse is found by stepping: the motions here change slowly.</summary>
    public static Func<double, double, double> Moved(Func<double, double, double> texture, Motion motion) => (x, y) =>
    {
        (double fromX, double fromY) = (x, y);
        for (int i = 0; i < 50; i++)
        {
            (double dx, double dy) = motion(fromX, fromY);
            (fromX, fromY) = (x - dx, y - dy);
        }

        return texture(fromX, fromY);
    };

    /// <summary>Average distance between a flow and the truth, in pixels, at least <paramref name="margin"/> pixels from the edge.</summary>
    /// <param name="flow">[2, H, W].</param>
    /// <param name="motion">The truth.</param>
    /// <param name="margin">What lies outside of the second frame cannot be found.</param>
    public static double EndPointError(Tensor flow, Motion motion, int margin)
    {
        int height = (int)flow.shape[1], width = (int)flow.shape[2];
        float[] values = flow.contiguous().data<float>().ToArray();
        double sum = 0;
        for (int y = margin; y < height - margin; y++)
        {
            for (int x = margin; x < width - margin; x++)
            {
                (double u, double v) = motion(x, y);
                sum += Math.Sqrt(Math.Pow(values[y * width + x] - u, 2) + Math.Pow(values[height * width + y * width + x] - v, 2));
            }
        }

        return sum / ((height - 2 * margin) * (width - 2 * margin));
    }
}
