using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow;

/// <summary>Sizes and pictures of the scales of a flow computation, and how a flow gets from one to the next.</summary>
internal static class FlowPyramid
{
    /// <summary>Standard deviation that takes the noise from the finest scale, in pixels.</summary>
    public const double NoiseSigma = 0.8;

    /// <summary>Standard deviation of the finest scale's own blur, which shrinking must keep.</summary>
    private const double PixelSigma = 0.6;

    /// <returns>(height, width), the finest first.</returns>
    public static (int Height, int Width)[] Sizes(int height, int width, FlowSettings settings)
    {
        int scales = 1 + Math.Max(0, (int)(Math.Log(Math.Sqrt(height * height + width * width) / settings.CoarsestDiagonal) / -Math.Log(settings.Zoom)));
        return [.. Enumerable.Range(0, scales).Select(s => (Scaled(height, s), Scaled(width, s)))];

        int Scaled(int length, int scale) => Math.Max(1, (int)Math.Round(length * Math.Pow(settings.Zoom, scale), MidpointRounding.AwayFromZero));
    }

    /// <summary>Standard deviation of the blur before each step to a coarser scale, in pixels.</summary>
    public static double ShrinkSigma(FlowSettings settings) => PixelSigma * Math.Sqrt(1 / (settings.Zoom * settings.Zoom) - 1);

    /// <summary>Weights of a Gaussian at whole pixels up to three deviations; their sum is 1.</summary>
    public static float[] Gaussian(double sigma)
    {
        int radius = (int)Math.Ceiling(3 * sigma);
        double[] weights = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(x => Math.Exp(-x * x / (2 * sigma * sigma)))];
        double sum = weights.Sum();
        return [.. weights.Select(w => (float)(w / sum))];
    }

    /// <param name="frames">[N, 1, H, W].</param>
    /// <param name="sizes">Of <see cref="Sizes"/>.</param>
    /// <param name="settings">Zoom.</param>
    /// <returns>For each size [N, 1, h, w].</returns>
    public static Tensor[] Shrink(Tensor frames, (int Height, int Width)[] sizes, FlowSettings settings)
    {
        var scales = new Tensor[sizes.Length];
        scales[0] = Blur(frames, NoiseSigma);
        for (int s = 1; s < scales.Length; s++)
            scales[s] = Resize(Blur(scales[s - 1], ShrinkSigma(settings)), sizes[s]);
        return scales;
    }

    /// <summary>A flow in pixels of the next finer scale.</summary>
    /// <param name="flow">[N, 2, h, w].</param>
    /// <param name="size">H, W.</param>
    /// <returns>[N, 2, H, W].</returns>
    public static Tensor Enlarge(Tensor flow, (int Height, int Width) size)
    {
        Tensor larger = Resize(flow, size);
        larger.narrow(1, 0, 1).mul_(Scalars.Of((double)size.Width / flow.shape[3]));
        larger.narrow(1, 1, 1).mul_(Scalars.Of((double)size.Height / flow.shape[2]));
        return larger;
    }

    private static Tensor Resize(Tensor pictures, (int Height, int Width) size) =>
        nn.functional.interpolate(pictures, [size.Height, size.Width], mode: InterpolationMode.Bilinear, align_corners: false);

    /// <summary>Gaussian, edge pixels repeated.</summary>
    private static Tensor Blur(Tensor pictures, double sigma)
    {
        Tensor kernel = tensor(Gaussian(sigma), device: pictures.device);
        long radius = kernel.shape[0] / 2;
        Tensor padded = nn.functional.pad(pictures, [radius, radius, radius, radius], PaddingModes.Replicate);
        return nn.functional.conv2d(nn.functional.conv2d(padded, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1));
    }
}
