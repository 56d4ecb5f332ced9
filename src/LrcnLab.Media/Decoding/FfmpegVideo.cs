using System.Globalization;
using System.Text.Json;
using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Decoding;

/// <summary>
/// Video that ffmpeg decodes: turned upright, scaled by ffmpeg itself (swscale's area filter), at a constant frame rate,
/// so that frame <c>i</c> is what is seen at <c>i / rate</c> seconds.
/// </summary>
internal sealed class FfmpegVideo : VideoSource
{
    /// <summary>Seconds that the file announces; 0 when it does not say.</summary>
    private readonly double _duration;

    private FfmpegVideo(Ffmpeg ffmpeg, string path, VideoInfo info, double duration, int? frames) : base(path, info) => (Ffmpeg, _duration, Frames) = (ffmpeg, duration, frames);

    public Ffmpeg Ffmpeg { get; }

    /// <summary>Number of frames where the file states it exactly.</summary>
    public int? Frames { get; }

    public static FfmpegVideo Open(string path, string format, VideoInfo? known, CancellationToken ct)
    {
        Ffmpeg ffmpeg = Ffmpeg.Installed ?? throw Ffmpeg.Missing(path, format);
        if (known is not null)
            return new FfmpegVideo(ffmpeg, path, known, 0, null);
        if (format is "MP4" or "QuickTime" && Mp4Header.Read(path) is { } header)
        {
            MediaLimits.CheckSize(path, header.Width, header.Height);
            return new FfmpegVideo(ffmpeg, path, new VideoInfo(format, header.Width, header.Height, CheckRate(path, header.FrameRate)), header.Frames / header.FrameRate, header.Frames);
        }

        return Probe(ffmpeg, path, format, ct);
    }

    public override int Read(FrameFormat format, FrameHandler handler, CancellationToken ct)
    {
        string rate = Rate(Info), pixels = format.Color == ColorMode.Rgb ? "rgb24" : "gray";
        using var program = new OutsideProgram(Path, Ffmpeg.Command(Ffmpeg.Decoder,
        [
            "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1", .. Ffmpeg.Input(Path), "-map", "0:V:0", "-an", "-sn", "-dn",
            "-vf", $"{ConstantRate(Info)},{Scale(format)},setpts=N/({rate}*TB)", "-r", rate, "-f", "rawvideo", "-pix_fmt", pixels, "pipe:1",
        ]), MediaLimits.TimeFor(_duration), ct);
        byte[] interleaved = new byte[format.FrameBytes], planar = new byte[format.FrameBytes];
        int frames = 0;
        while (program.Read(interleaved, ct))
        {
            MediaLimits.CheckFrames(Path, frames + 1);
            Separate(interleaved, planar, format.Channels);
            if (!handler(frames++, planar))
                return frames;
        }

        program.Finish(ct);
        CheckComplete(frames);
        return frames;
    }

    /// <summary>ffmpeg reads what is left of a cut-off file without complaint; half a video under a whole one's name would be learned from.</summary>
    private void CheckComplete(int frames)
    {
        double announced = _duration * Info.FrameRate;
        if (frames == 0)
            throw new MediaException($"{Path} has no frame that can be decoded.");
        if (frames < 0.9 * announced - 2)
            throw new MediaException($"{Path} is cut off: it announces about {announced:0} frames and has {frames}.");
    }

    /// <summary>
    /// Repeats or drops frames of files with uneven times; time counts from the start of the file, as cuts do. AVI has no times: its first frame is the start, although
    /// ffmpeg counts it later where frames were reordered.
    /// </summary>
    internal static string ConstantRate(VideoInfo info) => $"fps=fps={Rate(info)}{(info.Format.StartsWith("AVI", StringComparison.Ordinal) ? "" : ":start_time=0")}";

    internal static string Scale(FrameFormat format) => $"scale={format.Width}:{format.Height}:flags=area";

    /// <summary>Planes from pixels.</summary>
    internal static void Separate(ReadOnlySpan<byte> interleaved, Span<byte> planar, int channels)
    {
        int plane = planar.Length / channels;
        for (int c = 0; c < channels; c++)
        {
            Span<byte> output = planar.Slice(c * plane, plane);
            for (int i = 0; i < output.Length; i++)
                output[i] = interleaved[i * channels + c];
        }
    }

    private static FfmpegVideo Probe(Ffmpeg ffmpeg, string path, string format, CancellationToken ct)
    {
        using var program = new OutsideProgram(path, Ffmpeg.Command(ffmpeg.Prober,
        [
            "-v", "error", "-select_streams", "V:0", "-of", "json",
            "-show_entries", "stream=width,height,avg_frame_rate,r_frame_rate,duration:stream_side_data=rotation:stream_tags=rotate:format=duration",
            .. Ffmpeg.Input(path),
        ]), MediaLimits.TimeFor(1), ct);
        using var output = new MemoryStream();
        program.Output.CopyTo(output);
        program.Finish(ct);
        using JsonDocument answer = JsonDocument.Parse(output.ToArray());
        if (!answer.RootElement.TryGetProperty("streams", out JsonElement streams) || streams.GetArrayLength() == 0)
            throw new MediaException($"{path} has no video stream.");

        JsonElement stream = streams[0];
        int width = (int)Number(stream, "width"), height = (int)Number(stream, "height");
        MediaLimits.CheckSize(path, width, height);
        if (Math.Abs(Rotation(stream)) % 180 == 90)
            (width, height) = (height, width);
        double duration = Number(stream, "duration");
        if (duration <= 0 && answer.RootElement.TryGetProperty("format", out JsonElement container))
            duration = Number(container, "duration");
        double rate = CheckRate(path, FrameRate(stream));
        if (duration * rate > MediaLimits.MaxFrames)
            MediaLimits.CheckFrames(path, MediaLimits.MaxFrames + 1);
        return new FfmpegVideo(ffmpeg, path, new VideoInfo(format, width, height, rate), duration, null);
    }

    private static double CheckRate(string path, double rate) =>
        rate is > 0 and <= 1000 ? rate : throw new MediaException($"{path} says that it has {rate} frames a second; above 0 and up to 1000 are read.");

    private static string Rate(VideoInfo info) => info.FrameRate.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The nominal rate where the average confirms it, since the average is off by a last frame of odd length; else the average.</summary>
    private static double FrameRate(JsonElement stream)
    {
        double average = Ratio(stream, "avg_frame_rate"), nominal = Ratio(stream, "r_frame_rate");
        return average <= 0 || Math.Abs(nominal - average) < 0.02 * average ? nominal : average;
    }

    private static double Rotation(JsonElement stream)
    {
        if (stream.TryGetProperty("side_data_list", out JsonElement list))
        {
            foreach (JsonElement entry in list.EnumerateArray())
            {
                if (entry.TryGetProperty("rotation", out _))
                    return Number(entry, "rotation");
            }
        }

        return stream.TryGetProperty("tags", out JsonElement tags) ? Number(tags, "rotate") : 0;
    }

    private static double Number(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value)
        && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : 0;

    private static double Ratio(JsonElement element, string name)
    {
        string[] parts = element.TryGetProperty(name, out JsonElement value) ? value.ToString().Split('/') : [];
        return parts.Length == 2 && double.TryParse(parts[0], CultureInfo.InvariantCulture, out double a)
            && double.TryParse(parts[1], CultureInfo.InvariantCulture, out double b) && b > 0 ? a / b : 0;
    }
}
