using System.Diagnostics;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Tests.Decoding;

public sealed class FfmpegVideoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Video(string name, int frames, params string[] options) => TestVideos.Encode(_folder.At(name), 10, frames, options);

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
    public void TryRead_SeveralFiles_GivesEachItsFrames()
    {
        FfmpegVideo[] videos = [.. Enumerable.Range(0, 3).Select(i => (FfmpegVideo)Decoded.Open(TestVideos.Encode(_folder.At($"{i}.mp4"), 10 + 50 * i, 12, "-c:v", "mpeg4")))];
        Assert.All(videos, v => Assert.Equal(12, v.Frames));
        BatchPart[] parts = [new(videos[0], new(0, 12)), new(videos[1], new(3, 4)), new(videos[2], new(11, 1))];
        var read = new List<(int Part, int Frame, int Value)>();
        Assert.True(FfmpegBatch.TryRead(parts, Decoded.Format, (part, index, frame) => read.Add((part, index, frame[0])), TestContext.Current.CancellationToken));
        Assert.Equal([.. Enumerable.Range(0, 12).Select(f => (0, f)), (1, 3), (1, 4), (1, 5), (1, 6), (2, 11)], read.Select(r => (r.Part, r.Frame)));
        Decoded.AssertClose([.. read.Select(r => 10 + 50 * r.Part + 9 * r.Frame)], [.. read.Select(r => r.Value)], tolerance: 5);
    }

    [Fact]
    public void TryRead_FewerFramesThanAsked_IsFalse()
    {
        var video = (FfmpegVideo)Decoded.Open(Video("a.mp4", 12, "-c:v", "mpeg4"));
        BatchPart[] parts = [new(video, new(0, 13)), new(video, new(0, 12))];
        Assert.False(FfmpegBatch.TryRead(parts, Decoded.Format, (_, _, _) => { }, TestContext.Current.CancellationToken));
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
