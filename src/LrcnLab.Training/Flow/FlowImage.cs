using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow;

/// <summary>
/// A flow as a picture of three bytes a pixel, as LRCN's released code makes them (create_flow_images_LRCN.m): x, y and magnitude, each 16 times the flow
/// in pixels plus 128, within 0..255. So no motion is 128 in all channels, and ±8 pixels fill the range.
/// </summary>
public static class FlowImage
{
    public const int Scale = 16, Center = 128, Channels = 3;

    /// <param name="flow">In pixels, [N, 2, H, W].</param>
    /// <returns>uint8 [N, 3, H, W] on the same device.</returns>
    public static Tensor Of(Tensor flow)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor magnitude = (flow * flow).sum([1], keepdim: true).sqrt_();
        return cat([flow, magnitude], 1).mul_(Scalars.Of(Scale)).add_(Scalars.Of(Center)).round_().clamp_(Scalars.Of(0), Scalars.Of(255)).to(uint8).MoveToOuterDisposeScope();
    }

    /// <param name="flow">In pixels, [2, H, W].</param>
    /// <param name="image">[3, H, W].</param>
    public static void Fill(ReadOnlySpan<float> flow, Span<byte> image)
    {
        int area = flow.Length / 2;
        for (int i = 0; i < area; i++)
        {
            (float x, float y) = (flow[i], flow[area + i]);
            (image[i], image[area + i], image[2 * area + i]) = (Level(x), Level(y), Level(MathF.Sqrt(x * x + y * y)));
        }
    }

    private static byte Level(float pixels) => (byte)Math.Clamp(MathF.Round(pixels * Scale + Center), 0, 255);
}
