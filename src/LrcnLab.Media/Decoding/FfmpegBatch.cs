using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Decoding;

/// <summary>A run of frames of one file that is decoded together with others.</summary>
internal sealed record BatchPart(FfmpegVideo Video, FrameRange Range);

/// <summary>
/// Decodes known frames of several files with one start of ffmpeg. Where ffmpeg consists of two hundred libraries, starting it costs more than
/// decoding a short clip, so a thousand clips are several times faster this way.
/// </summary>
internal static class FfmpegBatch
{
    private const int MaxFiles = 16;

    /// <summary>All files of a batch are open at once; large pictures need large buffers.</summary>
    private const long MaxPixels = 8_000_000;

    /// <summary>Runs of neighbours that fit together; what cannot be in a batch stands alone.</summary>
    /// <param name="items">In order.</param>
    /// <param name="size">Width and height of what can be in a batch, null for what cannot.</param>
    /// <param name="together">Whether two can be in one batch.</param>
    public static IReadOnlyList<Range> Group<T>(IReadOnlyList<T> items, Func<T, VideoInfo?> size, Func<T, T, bool> together)
    {
        var groups = new List<Range>();
        for (int from = 0, to; from < items.Count; from = to)
        {
            to = from + 1;
            for (long pixels = Pixels(size(items[from])); to < items.Count && to - from < MaxFiles && together(items[from], items[to]); to++)
            {
                pixels += Pixels(size(items[to]));
                if (pixels > MaxPixels)
                    break;
            }

            groups.Add(from..to);
        }

        return groups;
    }

    /// <param name="parts">At least one; no empty range.</param>
    /// <param name="format">Of all frames.</param>
    /// <param name="handler">Takes the part's index, the frame's index in its file, and the frame.</param>
    /// <param name="ct">Ends the program.</param>
    /// <returns>False when not every frame came: then nothing that was handed over counts, and each file must be read by itself to learn which is at fault.</returns>
    public static bool TryRead(IReadOnlyList<BatchPart> parts, FrameFormat format, Action<int, int, ReadOnlySpan<byte>> handler, CancellationToken ct)
    {
        using var program = new OutsideProgram(parts[0].Video.Path, Ffmpeg.Command(parts[0].Video.Ffmpeg.Decoder, Arguments(parts, format)), MediaLimits.TimeFor(parts.Sum(p => p.Range.End / p.Video.Info.FrameRate)), ct);
        byte[] interleaved = new byte[format.FrameBytes], planar = new byte[format.FrameBytes];
        for (int part = 0; part < parts.Count; part++)
        {
            for (int frame = parts[part].Range.First; frame < parts[part].Range.End; frame++)
            {
                if (!program.Read(interleaved, ct))
                    return false;
                FfmpegVideo.Separate(interleaved, planar, format.Channels);
                handler(part, frame, planar);
            }
        }

        return program.IsAtEnd(ct);
    }

    private static IEnumerable<string> Arguments(IReadOnlyList<BatchPart> parts, FrameFormat format)
    {
        string pixels = format.Color == ColorMode.Rgb ? "rgb24" : "gray";
        IEnumerable<string> chains = parts.Select((p, i) =>
            $"[{i}:V:0]{FfmpegVideo.ConstantRate(p.Video.Info)},trim=start_frame={p.Range.First}:end_frame={p.Range.End},setpts=PTS-STARTPTS,{FfmpegVideo.Scale(format)},format={pixels},setsar=1[p{i}]");
        string joined = $"{string.Concat(parts.Select((_, i) => $"[p{i}]"))}concat=n={parts.Count}:v=1:a=0,setpts=N/(25*TB)[out]";
        return
        [
            "-nostdin", "-hide_banner", "-loglevel", "error", "-filter_complex_threads", "1",
            .. parts.SelectMany(p => (string[])["-threads", "1", .. Ffmpeg.Input(p.Video.Path)]),
            "-filter_complex", string.Join(';', chains.Append(joined)), "-map", "[out]", "-r", "25", "-f", "rawvideo", "-pix_fmt", pixels, "pipe:1",
        ];
    }

    private static long Pixels(VideoInfo? info) => info is null ? MaxPixels + 1 : (long)info.Width * info.Height;
}
