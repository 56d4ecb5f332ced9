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
