using LrcnLab.Core.Training;

namespace LrcnLab.Samples.Generator;

/// <summary>A garment in one colour before a background that darkens softly to one side.</summary>
internal sealed class Scene
{
    private readonly Garment _garment;
    private readonly double[] _tint, _background;
    private readonly double _slopeX, _slopeY;

    public Scene(Garment garment, ref SplitMix random)
    {
        _garment = garment;
        _tint = Colour(random.NextUnit(), 0.45 * random.NextUnit(), 0.8 + 0.2 * random.NextUnit());
        _background = Colour(random.NextUnit(), 0.7 * random.NextUnit(), 0.1 + 0.2 * random.NextUnit());
        _slopeX = random.NextSymmetric(0.5);
        _slopeY = random.NextSymmetric(0.5);
    }

    /// <summary>RGB, 3 bytes a pixel.</summary>
    public byte[] Draw(Pose pose)
    {
        const int size = MotionPath.Size;
        byte[] rgb = new byte[size * size * 3];
        double cos = Math.Cos(pose.Angle) / pose.Scale, sin = Math.Sin(pose.Angle) / pose.Scale;
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                double light = Light(pose, x, y, cos, sin), opaque = Math.Min(1, 4 * light);
                double ground = 1 + _slopeX * (x / (double)size - 0.5) + _slopeY * (y / (double)size - 0.5);
                for (int c = 0; c < 3; c++)
                    rgb[(y * size + x) * 3 + c] = (byte)(255 * Math.Clamp((1 - opaque) * ground * _background[c] + opaque * light * _tint[c], 0, 1) + 0.5);
            }
        }

        return rgb;
    }

    /// <summary>Mean of four places in the pixel.</summary>
    private double Light(Pose pose, int x, int y, double cos, double sin)
    {
        double sum = 0;
        for (int i = 0; i < 4; i++)
        {
            double dx = x + 0.25 + 0.5 * (i & 1) - pose.X, dy = y + 0.25 + 0.5 * (i >> 1) - pose.Y;
            sum += _garment.At(Garment.Size / 2.0 + cos * dx + sin * dy, Garment.Size / 2.0 - sin * dx + cos * dy);
        }

        return sum / 4;
    }

    /// <summary>Hue, saturation, value (all 0 to 1) to RGB.</summary>
    private static double[] Colour(double hue, double saturation, double value)
    {
        double Channel(double n)
        {
            double k = (n + 6 * hue) % 6;
            return value * (1 - saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1));
        }

        return [Channel(5), Channel(3), Channel(1)];
    }
}
