using SkiaSharp;

namespace LrcnLab.Media.Decoding;

/// <summary>GIF and WebP, moving or still, composed frame by frame as browsers show them.</summary>
internal sealed class AnimatedPicture : VideoSource
{
    private readonly byte[] _encoded;

    private AnimatedPicture(string path, VideoInfo info, byte[] encoded) : base(path, info) => _encoded = encoded;

    public static VideoSource Open(string path, string format)
    {
        byte[] encoded = Picture.ReadFile(path);
        using SKData data = SKData.CreateCopy(encoded);
        using SKCodec codec = Picture.Open(data, path);
        SKCodecFrameInfo[] frames = codec.FrameInfo;
        MediaLimits.CheckFrames(path, frames.Length);
        if (frames.Length <= 1)
            return FrameFolder.OpenPicture(path, format);
        // Browsers show frames that ask for no time, or next to none, for a tenth of a second.
        double seconds = frames.Sum(f => f.Duration > 10 ? f.Duration : 100) / 1000.0;
        return new AnimatedPicture(path, new VideoInfo($"animated {format}", codec.Info.Width, codec.Info.Height, frames.Length / seconds), encoded);
    }

    public override int Read(FrameFormat format, FrameHandler handler, CancellationToken ct)
    {
        using SKData data = SKData.CreateCopy(_encoded);
        using SKCodec codec = Picture.Open(data, Path);
        SKCodecFrameInfo[] frames = codec.FrameInfo;
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        var scaler = new FrameScaler(info.Width, info.Height, format);
        byte[] frame = new byte[format.FrameBytes], pixels = new byte[info.BytesSize];
        var canvas = new Canvas(pixels.Length);
        for (int i = 0; i < frames.Length; i++)
        {
            ct.ThrowIfCancellationRequested();
            int prior = canvas.Restore(frames[i].RequiredFrame, pixels);
            Picture.Check(Picture.Pixels(codec, info, pixels, new SKCodecOptions(i, prior)), Path);
            canvas.Keep(i, frames[i].DisposalMethod, pixels);
            scaler.Scale(pixels, frame);
            if (!handler(i, frame))
                return i + 1;
        }

        return frames.Length;
    }

    /// <summary>The newest picture that a later frame may be drawn upon: the last one that is not taken back after it was shown.</summary>
    private sealed class Canvas(int bytes)
    {
        private readonly byte[] _pixels = new byte[bytes];
        private int _index = -1;

        /// <summary>Puts the required frame into <paramref name="pixels"/> and returns its index, or -1 when the codec must compose it anew.</summary>
        public int Restore(int required, byte[] pixels)
        {
            if (required < 0 || _index < required)
                return -1;
            _pixels.CopyTo(pixels, 0);
            return _index;
        }

        public void Keep(int index, SKCodecAnimationDisposalMethod disposal, byte[] pixels)
        {
            if (disposal == SKCodecAnimationDisposalMethod.RestorePrevious)
                return;
            pixels.CopyTo(_pixels, 0);
            _index = index;
        }
    }
}
