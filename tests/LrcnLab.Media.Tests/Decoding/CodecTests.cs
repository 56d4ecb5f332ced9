using System.Diagnostics;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Tests.Decoding;

/// <summary>What people have on their disks, written by ffmpeg: skipped where it or one of its encoders is missing.</summary>
public sealed class CodecTests : IDisposable
{
    private static readonly Lazy<string> Encoders = new(() => Output("-encoders"));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Output(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Ffmpeg.Installed!.Decoder, ["-hide_banner", "-nostdin", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }

    private static void NeedsEncoder(string encoder)
    {
        Assert.SkipWhen(Ffmpeg.Installed is null, "ffmpeg is not installed");
        Assert.SkipWhen(!Encoders.Value.Contains($" {encoder} ", StringComparison.Ordinal), $"this ffmpeg has no encoder {encoder}");
    }

    private string Video(string name, int frames, string encoder, params string[] options)
    {
        NeedsEncoder(encoder);
        return TestVideos.Encode(_folder.At(name), 10, frames, ["-c:v", encoder, .. options]);
    }

    private static int[] Expected(int frames) => [.. Enumerable.Range(0, frames).Select(n => 10 + 9 * n)];

    [Theory]
    [InlineData("xvid.avi", "libxvid", "-pix_fmt yuv420p -vtag XVID")]
    [InlineData("divx.avi", "mpeg4", "-vtag DIVX")]
    [InlineData("divx3.avi", "msmpeg4", "-vtag DIV3")]
    [InlineData("h264.avi", "libx264", "-crf 1 -pix_fmt yuv420p")]
    [InlineData("mjpeg.avi", "mjpeg", "-pix_fmt yuvj420p")]
    [InlineData("h264.mp4", "libx264", "-crf 1 -pix_fmt yuv420p")]
    [InlineData("h265.mp4", "libx265", "-crf 1 -pix_fmt yuv420p -x265-params log-level=none")]
    [InlineData("h264.mkv", "libx264", "-crf 1 -pix_fmt yuv420p")]
    [InlineData("h264.mov", "libx264", "-crf 1 -pix_fmt yuv420p")]
    [InlineData("h264.ts", "libx264", "-crf 1 -pix_fmt yuv420p")]
    [InlineData("prores.mov", "prores", "-pix_fmt yuv422p10le")]
    [InlineData("vp8.webm", "libvpx", "-b:v 2M -pix_fmt yuv420p")]
    [InlineData("vp9.webm", "libvpx-vp9", "-lossless 1 -pix_fmt yuv420p")]
    [InlineData("av1.webm", "libaom-av1", "-cpu-used 8 -crf 1 -pix_fmt yuv420p")]
    [InlineData("av1.mp4", "librav1e", "-qp 10 -speed 10 -pix_fmt yuv420p")]
    [InlineData("wmv.wmv", "wmv2", "")]
    [InlineData("flash.flv", "flv", "")]
    [InlineData("theora.ogv", "libtheora", "-pix_fmt yuv420p")]
    [InlineData("one.mpg", "mpeg1video", "")]
    [InlineData("fragments.mp4", "libx264", "-crf 1 -pix_fmt yuv420p -movflags frag_keyframe+empty_moov")]
    public void Read_Codec_GivesEveryFrameOnce(string name, string encoder, string options)
    {
        string path = Video(name, 20, encoder, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        VideoSource video = Decoded.Open(path);
        Assert.Equal((64, 48, 25.0), (video.Info.Width, video.Info.Height, Math.Round(video.Info.FrameRate, 2)));
        // Limited and full range differ by a few steps at the ends.
        Decoded.AssertClose(Expected(20), Decoded.Brightness(path), tolerance: 18);
    }

    [Theory]
    [InlineData("moving.gif", "gif", "-pix_fmt gray")]
    [InlineData("moving.webp", "libwebp_anim", "-lossless 1")]
    public void Read_Animation_GivesEveryFrameOnce(string name, string encoder, string options)
    {
        string path = Video(name, 12, encoder, options.Split(' '));
        Decoded.AssertClose(Expected(12), Decoded.Brightness(path), tolerance: 8);
    }

    [Theory]
    [InlineData("a.jpg", "mjpeg")]
    [InlineData("a.png", "png")]
    [InlineData("a.bmp", "bmp")]
    [InlineData("a.gif", "gif")]
    [InlineData("a.webp", "libwebp")]
    public void Read_Picture_IsOneFrame(string name, string encoder)
    {
        string path = Video(name, 1, encoder, "-update", "1");
        Assert.Equal((64, 48, 0.0), (Decoded.Open(path).Info.Width, Decoded.Open(path).Info.Height, Decoded.Open(path).Info.FrameRate));
        Decoded.AssertClose(Expected(1), Decoded.Brightness(path), tolerance: 8);
    }

    [Fact]
    public void Read_VariableFrameRate_ShowsEachInstant()
    {
        // The first half at 25 a second, then every frame stays four times as long.
        string path = Video("uneven.mkv", 20, "libx264", "-crf", "1", "-pix_fmt", "yuv420p", "-vf", "setpts='if(lt(N,10),N,10+(N-10)*4)/25/TB'", "-fps_mode", "vfr");
        int[] seen = Decoded.Brightness(path);
        double rate = Decoded.Open(path).Info.FrameRate;
        Assert.InRange(seen[(int)(0.2 * rate)], 45, 75);
        Assert.InRange(seen[(int)(1.2 * rate)], 130, 180);
        Assert.Equal(seen.Order(), seen);
    }

    [Theory]
    [InlineData(63, 47)]
    [InlineData(1, 1)]
    [InlineData(17, 250)]
    public void Read_OddSizes_AreKept(int width, int height)
    {
        string path = Video("odd.mkv", 5, "ffv1", "-vf", $"scale={width}:{height}", "-pix_fmt", "gray");
        Assert.Equal((width, height), (Decoded.Open(path).Info.Width, Decoded.Open(path).Info.Height));
        Assert.Equal(5, Decoded.Brightness(path).Length);
    }

    [Theory]
    [InlineData("mp4", "avi")]
    [InlineData("avi", "mp4")]
    [InlineData("mkv", "jpg")]
    [InlineData("gif", "webm")]
    public void Read_WrongEnding_IsDecodedByItsContent(string real, string written)
    {
        string path = Video($"x.{real}", 10, real == "gif" ? "gif" : "mpeg4"), renamed = _folder.At($"y.{written}");
        File.Move(path, renamed);
        Decoded.AssertClose(Expected(10), Decoded.Brightness(renamed), tolerance: 8);
    }

    [Theory]
    [InlineData("mp4")]
    [InlineData("mkv")]
    [InlineData("avi")]
    [InlineData("webm")]
    public void Read_CutOffAnywhere_IsRefusedOrWholeAndNeverHangs(string ending)
    {
        string path = Video($"x.{ending}", 25, ending == "webm" ? "libvpx" : "mpeg4");
        byte[] whole = File.ReadAllBytes(path);
        for (int part = 1; part < 10; part++)
        {
            File.WriteAllBytes(path, whole[..(whole.Length * part / 10)]);
            int frames = 0;
            try
            {
                frames = Decoded.Brightness(path).Length;
            }
            catch (MediaException e)
            {
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
            }

            Assert.InRange(frames, 0, 25);
        }
    }

    [Fact]
    public void Read_SoundOnly_SaysThatThereIsNoVideo()
    {
        Assert.SkipWhen(Ffmpeg.Installed is null, "ffmpeg is not installed");
        string path = _folder.At("sound.mkv");
        Output("-v", "error", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "pcm_s16le", path);
        Assert.Contains("no video stream", Decoded.Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Command_OnLinux_LimitsMemory()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/prlimit"), "prlimit is a program of Linux");
        using Process process = Process.Start(Ffmpeg.Command("/bin/cat", ["/proc/self/limits"]))!;
        Assert.Contains($"{MediaLimits.MaxMemoryBytes}", process.StandardOutput.ReadToEnd().Split('\n').Single(l => l.StartsWith("Max address space", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Program_ThatIsBusyForTooLong_IsEnded()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/yes"), "there is no program yes");
        using var program = new OutsideProgram("a.mp4", Ffmpeg.Command("/usr/bin/yes", []), TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        byte[] buffer = new byte[4096];
        while (program.Read(buffer, TestContext.Current.CancellationToken))
        {
        }

        Assert.Contains("was ended", Assert.Throws<MediaException>(() => program.Finish(TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }
}
