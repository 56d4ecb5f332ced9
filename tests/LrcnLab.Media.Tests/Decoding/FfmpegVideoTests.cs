using System.Diagnostics;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Tests.Decoding;

public sealed class FfmpegVideoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>25 frames a second; frame <c>n</c> has brightness <c>10 + 9 n</c>.</summary>
    private string Video(string name, int frames, params string[] options)
    {
        Assert.SkipWhen(Ffmpeg.Installed is null, "ffmpeg is not installed");
        string path = _folder.At(name);
        using Process process = Process.Start(new ProcessStartInfo(Ffmpeg.Installed!.Decoder,
        [
            "-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=black:s=64x48:r=25,format=gray,geq=lum='10+9*N'", "-frames:v", $"{frames}", "-q:v", "1", .. options, path,
        ]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return path;
    }

    private static int[] Expected(int frames) => [.. Enumerable.Range(0, frames).Select(n => 10 + 9 * n)];

    [Theory]
    [InlineData("a.mp4", "mpeg4", "MP4")]
    [InlineData("a.mkv", "mpeg4", "Matroska")]
    [InlineData("a.avi", "mpeg4", "AVI (FMP4)")]
    [InlineData("a.mpg", "mpeg2video", "MPEG")]
    [InlineData("a.mov", "mjpeg", "QuickTime")]
    public void Read_Container_GivesEveryFrameOnce(string name, string codec, string format)
    {
        string path = Video(name, 20, "-c:v", codec);
        Decoded.AssertClose(Expected(20), Decoded.Brightness(path), tolerance: 5);
        Assert.Equal(new VideoInfo(format, 64, 48, 25), Decoded.Open(path).Info);
    }

    [Fact]
    public void Open_Rotated_SwapsWidthAndHeight()
    {
        string plain = Video("plain.mp4", 5, "-c:v", "mpeg4"), turned = _folder.At("turned.mp4");
        using Process process = Process.Start(new ProcessStartInfo(Ffmpeg.Installed!.Decoder, ["-nostdin", "-v", "error", "-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned]))!;
        process.WaitForExit();
        VideoInfo info = Decoded.Open(turned).Info;
        Assert.SkipWhen(info.Width == 64, "this ffmpeg does not write the rotation that was asked for");
        Assert.Equal((48, 64), (info.Width, info.Height));
    }

    [Fact]
    public void Read_CutOff_SaysSo()
    {
        string path = Video("a.mp4", 25, "-c:v", "mpeg4", "-movflags", "+faststart");
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length * 2 / 3)]);
        Decoded.Refusal(path);
    }

    [Fact]
    public void Open_RandomBytesAfterASignature_SaysWhatFfmpegSaid()
    {
        Assert.SkipWhen(Ffmpeg.Installed is null, "ffmpeg is not installed");
        byte[] bytes = new byte[5000];
        new Random(1).NextBytes(bytes);
        "ftypisom"u8.CopyTo(bytes.AsSpan(4));
        Assert.Contains("ffmpeg", Decoded.Refusal(_folder.Write("a.mp4", bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Canceled_EndsTheProgram()
    {
        string path = Video("a.mp4", 25, "-c:v", "mpeg4");
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Decoded.Open(path).Read(Decoded.Format, (_, _) =>
        {
            stop.Cancel();
            return true;
        }, stop.Token));
    }

    [Fact]
    public void Find_EmptyPath_FindsNothingAndTheMessageTellsHowToInstall()
    {
        Assert.Null(Ffmpeg.Find(_folder.Path));
        Assert.Null(Ffmpeg.Find(null));
        string message = Ffmpeg.Missing("/data/a.mp4", "MP4").Message;
        Assert.Contains("/data/a.mp4 is MP4 video", message, StringComparison.Ordinal);
        Assert.Contains(Ffmpeg.InstallCommand, message, StringComparison.Ordinal);
    }
}
