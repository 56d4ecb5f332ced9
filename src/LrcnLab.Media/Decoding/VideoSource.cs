namespace LrcnLab.Media.Decoding;

/// <summary>What the head of a file says.</summary>
/// <param name="Format">Name of the format as people know it, such as <c>Motion-JPEG AVI</c>.</param>
/// <param name="Width">Pixels, as shown (after rotation).</param>
/// <param name="Height">Pixels, as shown (after rotation).</param>
/// <param name="FrameRate">Frames a second; 0 for pictures.</param>
public sealed record VideoInfo(string Format, int Width, int Height, double FrameRate);

/// <summary>Takes one frame, planar <c>[C, H, W]</c>, valid only during the call. Returns false when no further frame is wanted.</summary>
public delegate bool FrameHandler(int index, ReadOnlySpan<byte> frame);

/// <summary>Something that has frames: a video file, an animation, a folder of pictures, a picture.</summary>
public abstract class VideoSource(string path, VideoInfo info)
{
    public string Path { get; } = path;

    public VideoInfo Info { get; } = info;

    /// <summary>Decodes from the first frame on, until the last or until the handler has enough.</summary>
    /// <returns>How many frames were handed over.</returns>
    /// <exception cref="MediaException">The file is broken; the message says how.</exception>
    public abstract int Read(FrameFormat format, FrameHandler handler, CancellationToken ct);
}
