using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Prepared;

/// <summary>A rectangle that becomes grey in all frames of a clip (random erasing, Zhong et al. 2017); 128 is no motion in frames of optical flow.</summary>
/// <param name="Left">Pixels.</param>
/// <param name="Top">Pixels.</param>
/// <param name="Width">Pixels; 0 for nothing.</param>
/// <param name="Height">Pixels.</param>
public readonly record struct EraseChange(int Left, int Top, int Width, int Height)
{
    private const byte Grey = 128;
    private const double SmallestArea = 0.02, NarrowestShape = 0.3;

    /// <summary>Always draws five numbers. Area and shape as in the paper: 2 % to the largest share, shapes from 0.3 to 1/0.3, bounded by the frame.</summary>
    public static EraseChange Draw(AugmentationSpec spec, int width, int height, ref SplitMix random)
    {
        bool erase = random.NextUnit() < spec.Erase;
        double area = (SmallestArea + random.NextUnit() * (spec.EraseArea - SmallestArea)) * width * height;
        double shape = Math.Exp(random.NextSymmetric(-Math.Log(NarrowestShape)));
        int w = Math.Clamp((int)Math.Round(Math.Sqrt(area * shape)), 1, width), h = Math.Clamp((int)Math.Round(Math.Sqrt(area / shape)), 1, height);
        var change = new EraseChange((int)(random.NextUnit() * (width - w + 1)), (int)(random.NextUnit() * (height - h + 1)), w, h);
        return erase ? change : default;
    }

    /// <param name="planes">Any number of planes <c>[H, W]</c>, changed in place.</param>
    /// <param name="width">W.</param>
    /// <param name="height">H.</param>
    public void Apply(Span<byte> planes, int width, int height)
    {
        if (Width == 0)
            return;
        for (int plane = 0; plane < planes.Length; plane += width * height)
        {
            for (int y = Top; y < Top + Height; y++)
                planes.Slice(plane + y * width + Left, Width).Fill(Grey);
        }
    }
}
