using LrcnLab.Core.Specs;

namespace LrcnLab.Training.Clips;

public static class ClipSize
{
    /// <summary>Bytes of one clip, uint8 [T, C, H, W].</summary>
    public static int ClipBytes(this DataSpec data) => data.ClipLength * data.Channels() * data.Height * data.Width;
}
