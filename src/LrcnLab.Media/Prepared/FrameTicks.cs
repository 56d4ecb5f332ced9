using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>
/// A video at another frame rate. Tick <c>k</c> lies <c>k / rate</c> seconds from the start of the file and shows the frame that is seen then: frames are left out or repeated,
/// never blended. Whole numbers decide, so it does not matter who decodes the file.
/// </summary>
public readonly struct FrameTicks
{
    /// <summary>Quotients of rates such as 30000/1001 are not exact; nothing real comes nearer to a whole number.</summary>
    private const double Tolerance = 1e-6;

    private readonly double _ticksPerFrame;

    /// <param name="recorded">Frames a second of the file; 0 for pictures, which have none and stay as they are.</param>
    /// <param name="wanted">Frames a second; 0 for as recorded.</param>
    public FrameTicks(double recorded, double wanted) => _ticksPerFrame = recorded > 0 && wanted > 0 ? wanted / recorded : 1;

    /// <summary>Frames that a sample has once it is prepared at this rate; at least 1.</summary>
    public static int Count(Sample sample, double wanted) =>
        new FrameTicks(sample.FrameRate, wanted).Of(FrameRange.OfSeconds(sample.Start, null, sample.FrameRate, int.MaxValue) with { Count = sample.Frames }).Count;

    /// <summary>The ticks that show one of these frames; a part that is too short for any gets the last tick before it.</summary>
    public FrameRange Of(FrameRange frames)
    {
        int first = First(frames.First), end = First(frames.End);
        return end > first ? new FrameRange(first, end - first) : new FrameRange(Math.Max(0, first - 1), 1);
    }

    /// <summary>The first tick that does not come before a frame.</summary>
    public int First(int frame) => (int)Math.Ceiling(frame * _ticksPerFrame - Tolerance);

    /// <summary>The frame that is seen at a tick: the last one whose first tick is not behind it.</summary>
    public int Frame(int tick)
    {
        int frame = (int)(tick / _ticksPerFrame);
        while (First(frame + 1) <= tick)
            frame++;
        while (frame > 0 && First(frame) > tick)
            frame--;
        return frame;
    }
}
