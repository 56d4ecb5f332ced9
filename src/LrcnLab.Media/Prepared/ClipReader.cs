using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Prepared;

/// <summary>Reads clips as the network sees them, uint8 <c>[T, C, H, W]</c>. Thread-safe; allocates nothing per clip.</summary>
public sealed class ClipReader
{
    private const int ClipLengthOnStack = 512;

    private readonly PreparedFrames _frames;
    private readonly DataSpec _data;
    private readonly AugmentationSpec _augmentation;
    private readonly int _seed;
    private readonly bool[] _mayBeMirrored;

    /// <exception cref="ArgumentException">The prepared frames are not those of this data set at this size.</exception>
    public ClipReader(PreparedFrames frames, DatasetManifest manifest, DataSpec data, AugmentationSpec augmentation, int seed)
    {
        if (frames.SampleCount != manifest.Samples.Count)
            throw new ArgumentException($"The prepared frames hold {frames.SampleCount} samples, the data set {manifest.Name} has {manifest.Samples.Count}.", nameof(frames));
        if (frames.Width != data.Width || frames.Height != data.Height || frames.Channels != data.Channels())
            throw new ArgumentException($"The prepared frames are {frames.Width}x{frames.Height}x{frames.Channels}, the specification asks for {data.Width}x{data.Height}x{data.Channels()}.", nameof(frames));
        if (frames.Key.FrameRate != data.FrameRate || frames.Key.Fit != data.Fit || frames.Key.Color != data.Color)
            throw new ArgumentException($"The prepared frames are {frames.Key.FolderName}, the specification asks for another rate, fit or colour.", nameof(frames));
        (_frames, _data, _augmentation, _seed) = (frames, data, augmentation, seed);
        _mayBeMirrored = [.. manifest.Samples.Select(s => !manifest.Unmirrored.Contains(s.Label))];
    }

    /// <summary>Bytes of one clip: T * C * H * W.</summary>
    public int ClipBytes => checked(_data.ClipLength * _frames.FrameBytes);

    /// <param name="sample">Index into the manifest's samples.</param>
    /// <param name="epoch">Decides augmentation and frames together with seed and sample; null for evaluation, without chance.</param>
    /// <param name="place">Which of all possible clips evaluation reads, in [0, 1): 0.5 for the centre. Means nothing with an epoch.</param>
    /// <param name="clip">Room for <see cref="ClipBytes"/> bytes; what lies behind a shorter clip stays as it was.</param>
    /// <returns>Frames of the clip.</returns>
    public int Read(int sample, int? epoch, double place, Span<byte> clip)
    {
        if (clip.Length != ClipBytes)
            throw new ArgumentException($"A clip has {ClipBytes} bytes, the buffer {clip.Length}.", nameof(clip));
        int frameBytes = _frames.FrameBytes, frames = _frames.FrameCount(sample), length = ClipSampler.Length(_data, frames);
        Span<int> indices = length <= ClipLengthOnStack ? stackalloc int[length] : new int[length];
        ClipDraw draw = ClipDraw.None;
        if (epoch is { } e)
            draw = ClipDraw.Of(_data, _augmentation, _seed, e, sample, frames, indices);
        else
            ClipSampler.Fixed(_data, frames, place, indices);
        ClipChange change = _mayBeMirrored[sample] ? draw.Shape : draw.Shape with { Mirror = false };

        _frames.CheckStillWhole(sample);
        for (int t = 0; t < length; t++)
            change.Apply(_frames.Frame(sample, indices[t]), clip.Slice(t * frameBytes, frameBytes), _data.Width, _data.Height);
        Span<byte> read = clip[..(length * frameBytes)];
        int plane = _data.Width * _data.Height;
        if (_data.Color == ColorMode.Flow)
            FlowChange.Turn(read, plane, change.Mirror, draw.Time.Reverse);
        else
            draw.Color.Apply(read, _frames.Channels, plane);
        draw.Erase.Apply(read, _data.Width, _data.Height);
        return length;
    }
}
