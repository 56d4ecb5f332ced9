namespace LrcnLab.Media.Decoding;

/// <summary>Frames <c>First</c> to <c>First + Count - 1</c> of a file.</summary>
public readonly record struct FrameRange(int First, int Count)
{
    public int End => First + Count;

    /// <summary>
    /// The frames that are shown from <paramref name="start"/> to before <paramref name="end"/> (seconds, null for the file's ends).
    /// Frame <c>i</c> is shown from <c>i / rate</c>; both ends are rounded to the nearest frame, since cuts are written with few decimals.
    /// </summary>
    public static FrameRange OfSeconds(double? start, double? end, double rate, int framesOfFile)
    {
        int first = start is { } s ? Frame(s, rate, framesOfFile) : 0;
        int last = end is { } e ? Frame(e, rate, framesOfFile) : framesOfFile;
        return new FrameRange(first, Math.Max(0, last - first));
    }

    private static int Frame(double seconds, double rate, int framesOfFile) => (int)Math.Clamp(Math.Round(seconds * rate), 0, framesOfFile);
}
