using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Decoding;

/// <summary>What decoded frames shall look like: uint8, planar <c>[C, H, W]</c>, brought to this size.</summary>
public readonly record struct FrameFormat(int Width, int Height, ColorMode Color, FrameFit Fit = FrameFit.Stretch)
{
    /// <summary>3 for RGB and for flow, which no decoder gives; 1 for grey (Rec. 601 luma).</summary>
    public int Channels => Color == ColorMode.Gray ? 1 : 3;

    /// <summary>Bytes of one frame.</summary>
    public int FrameBytes => checked(Width * Height * Channels);
}
