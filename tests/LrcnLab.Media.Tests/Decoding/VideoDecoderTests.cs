using LrcnLab.Media.Decoding;
using SkiaSharp;

namespace LrcnLab.Media.Tests.Decoding;

public sealed class VideoDecoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_FrameFolder_IsInNaturalOrderAndMixesFormats()
    {
        _folder.Write("v/f10.png", TestPictures.Grey(200));
        _folder.Write("v/f2.jpg", TestPictures.Grey(90, SKEncodedImageFormat.Jpeg));
        _folder.Write("v/f1.webp", TestPictures.Grey(10, SKEncodedImageFormat.Webp));
        _folder.Write("v/notes.txt", "no frame");
        _folder.Write("v/.f3.png", TestPictures.Grey(50));
        Decoded.AssertClose([10, 90, 200], Decoded.Brightness(_folder.At("v")), tolerance: 4);
    }

    [Fact]
    public void Read_Picture_IsOneFrame() =>
        Decoded.AssertClose([90], Decoded.Brightness(_folder.Write("a.png", TestPictures.Grey(90))));

    [Fact]
    public void Read_Bmp_IsKnown()
    {
        byte[] header = [.. "BM"u8, 66, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, .. new byte[24]];
        Decoded.AssertClose([70], Decoded.Brightness(_folder.Write("a.bmp", [.. header, .. Enumerable.Repeat((byte)70, 16)])));
    }

    [Fact]
    public void Read_HandlerHasEnough_Stops()
    {
        for (int i = 0; i < 5; i++)
            _folder.Write($"v/{i}.png", TestPictures.Grey(90));
        Assert.Equal(2, Decoded.Open(_folder.At("v")).Read(Decoded.Format, (i, _) => i < 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Open_TextNamedMp4_SaysThatItIsText() =>
        Assert.Contains("text", Decoded.Refusal(_folder.Write("a.mp4", "#EXTM3U\nhttp://example.org/a.ts\n")), StringComparison.Ordinal);

    [Fact]
    public void Open_EmptyFile_SaysSo() => Assert.Contains("empty", Decoded.Refusal(_folder.Write("a.avi", "")), StringComparison.Ordinal);

    [Fact]
    public void Open_RandomBytes_ShowsThem() =>
        Assert.Contains("DEADBEEF", Decoded.Refusal(_folder.Write("a.gif", [0xDE, 0xAD, 0xBE, 0xEF, 1, 2, 3, 4, 5])), StringComparison.Ordinal);

    [Fact]
    public void Open_MissingFile_SaysSo() => Assert.Contains("does not exist", Decoded.Refusal(_folder.At("a.mp4")), StringComparison.Ordinal);

    [Fact]
    public void Open_EmptyFolder_SaysSo() => Assert.Contains("no pictures", Decoded.Refusal(_folder.Path), StringComparison.Ordinal);

    [Fact]
    public void Read_PictureCutOff_SaysSo()
    {
        byte[] png = TestPictures.Grey(90, width: 300, height: 300);
        Assert.Contains("cut off", Decoded.Refusal(_folder.Write("a.png", png[..(png.Length / 2)])), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_HugePicture_IsRefusedBeforeItIsDecoded()
    {
        // A GIF's head has no checksum: 65,535 x 65,535 with one tiny frame.
        byte[] gif = [.. "GIF89a"u8, 255, 255, 255, 255, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B];
        Assert.Contains("million pixels", Decoded.Refusal(_folder.Write("a.gif", gif)), StringComparison.Ordinal);
    }

    [Fact]
    public void Scale_HalfSize_IsTheMeanAndKeepsColourPlanes()
    {
        byte[] rgba = [.. Enumerable.Range(0, 16).SelectMany(i => new byte[] { (byte)(i % 4 < 2 ? 100 : 200), 50, 0, 255 })];
        byte[] planar = new byte[12];
        new FrameScaler(4, 4, new FrameFormat(2, 2, Core.Specs.ColorMode.Rgb)).Scale(rgba, planar);
        Assert.InRange(planar[0], 100, 115);
        Assert.InRange(planar[1], 185, 200);
        Assert.Equal([50, 50, 50, 50, 0, 0, 0, 0], planar[4..]);
    }

    [Theory]
    [InlineData(0.92, 1.24, 25, 23, 8)]
    [InlineData(null, null, 25, 0, 75)]
    [InlineData(2.0, null, 25, 50, 25)]
    [InlineData(1.0, 9.0, 29.97, 30, 45)]
    public void OfSeconds_Cut_IsExactToTheFrame(double? start, double? end, double rate, int first, int count) =>
        Assert.Equal(new FrameRange(first, count), FrameRange.OfSeconds(start, end, rate, 75));
}
