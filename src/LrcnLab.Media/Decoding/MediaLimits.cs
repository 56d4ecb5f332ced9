namespace LrcnLab.Media.Decoding;

/// <summary>Bounds that keep one hostile or broken file from taking the machine.</summary>
internal static class MediaLimits
{
    /// <summary>Width times height of a frame; 8K video has 33 million.</summary>
    public const long MaxPixels = 64_000_000;

    /// <summary>Frames of one file: 4.6 hours at 60 a second.</summary>
    public const int MaxFrames = 1_000_000;

    /// <summary>Bytes of one compressed picture that is read into memory.</summary>
    public const long MaxPictureBytes = 256L << 20;

    /// <summary>An outside decoder that stays silent for this long is ended.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>Address space of an outside decoder: 8K video with its reference frames needs less than half.</summary>
    public const long MaxMemoryBytes = 6L << 30;

    /// <summary>Most bytes that an outside decoder takes at once: four frames of <see cref="MaxPixels"/> in 16-bit RGBA.</summary>
    public const long MaxAllocation = 2L << 30;

    /// <summary>Two minutes, and twenty times as long as the video lasts: a slow machine decodes 4K at a few frames a second.</summary>
    /// <param name="seconds">Of video; 0 where the file does not say, which allows what the longest film may take.</param>
    public static TimeSpan TimeFor(double seconds) =>
        TimeSpan.FromSeconds(120 + 20 * (double.IsFinite(seconds) && seconds > 0 ? Math.Min(seconds, MaxSeconds) : MaxSeconds));

    private const double MaxSeconds = 5 * 3600;

    public static void CheckSize(string path, int width, int height)
    {
        if (width < 1 || height < 1)
            throw new MediaException($"{path} says that its frames are {width}x{height} px, which is no size.");
        if ((long)width * height > MaxPixels)
            throw new MediaException($"{path} has frames of {width}x{height} px; at most {MaxPixels / 1_000_000} million pixels are read.");
    }

    public static void CheckFrames(string path, int frames)
    {
        if (frames > MaxFrames)
            throw new MediaException($"{path} has more than {MaxFrames:N0} frames, which is the most that is read from one file; cut it into parts.");
    }
}
