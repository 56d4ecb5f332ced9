using System.Buffers.Binary;
using LrcnLab.Media.Decoding;
using SkiaSharp;

namespace LrcnLab.Media.Tests.Decoding;

public sealed class AnimatedPictureTests : IDisposable
{
    private const byte Keep = 1, Background = 2, Previous = 3;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// 2x2 grey levels 0, 80, 160, 240 by index. First frame all 3; then a left column of 1 that is taken back or kept; then the lower right pixel 2.
    /// </summary>
    [Theory]
    [InlineData(Keep, new[] { 80, 240, 80, 160 })]
    [InlineData(Previous, new[] { 240, 240, 240, 160 })]
    [InlineData(Background, new[] { 0, 240, 0, 160 })]
    public void Read_GifDisposal_ComposesFrames(byte disposal, int[] last)
    {
        string path = _folder.Write("a.gif", Gif(
            Frame(0, 0, 2, 2, Keep, 3, 3, 3, 3),
            Frame(0, 0, 1, 2, disposal, 1, 1),
            Frame(1, 1, 1, 1, Keep, 2)));
        var frames = new List<int[]>();
        VideoSource video = Decoded.Open(path);
        video.Read(new FrameFormat(2, 2, Core.Specs.ColorMode.Gray), (_, f) =>
        {
            frames.Add([.. f.ToArray().Select(v => (int)v)]);
            return true;
        }, TestContext.Current.CancellationToken);
        Assert.Equal([240, 240, 240, 240], frames[0]);
        Assert.Equal([80, 240, 80, 240], frames[1]);
        Assert.Equal(last, frames[2]);
        Assert.Equal(("animated GIF", 20.0), (video.Info.Format, video.Info.FrameRate));
    }

    [Fact]
    public void Read_GifCutOff_SaysSo()
    {
        byte[] gif = Gif(Frame(0, 0, 2, 2, Keep, 3, 3, 3, 3), Frame(0, 0, 2, 2, Keep, 1, 1, 1, 1));
        Decoded.Refusal(_folder.Write("a.gif", gif[..^6]));
    }

    [Fact]
    public void Read_AnimatedWebP_GivesAllFrames()
    {
        string path = _folder.Write("a.webp", WebP(10, 90, 200));
        Decoded.AssertClose([10, 90, 200], Decoded.Brightness(path), tolerance: 4);
        Assert.Equal(25, Decoded.Open(path).Info.FrameRate);
    }

    [Fact]
    public void Read_StillWebP_IsOneFrame()
    {
        string path = _folder.Write("a.webp", TestPictures.Grey(90, SKEncodedImageFormat.Webp));
        Decoded.AssertClose([90], Decoded.Brightness(path), tolerance: 4);
        Assert.Equal(0, Decoded.Open(path).Info.FrameRate);
    }

    private static byte[] Gif(params byte[][] frames) =>
    [
        .. "GIF89a"u8, 2, 0, 2, 0, 0b1001_0001, 0, 0,
        0, 0, 0, 80, 80, 80, 160, 160, 160, 240, 240, 240,
        .. frames.SelectMany(f => f), 0x3B,
    ];

    /// <summary>A graphic control (50 ms), a descriptor, and LZW codes of 3 bits with a clear code (4) before each pixel, so that codes never grow.</summary>
    private static byte[] Frame(byte left, byte top, byte width, byte height, byte disposal, params int[] pixels)
    {
        int bits = 0, count = 0;
        var data = new List<byte>();
        foreach (int code in pixels.SelectMany(p => new[] { 4, p }).Append(5))
        {
            bits |= code << count;
            for (count += 3; count >= 8; count -= 8, bits >>= 8)
                data.Add((byte)bits);
        }

        if (count > 0)
            data.Add((byte)bits);
        return [0x21, 0xF9, 4, (byte)(disposal << 2), 5, 0, 0, 0, 0x2C, left, 0, top, 0, width, 0, height, 0, 0, 2, (byte)data.Count, .. data, 0];
    }

    /// <summary>Still pictures as the frames of an animation (WebP container specification), 40 ms each, 16x12.</summary>
    private static byte[] WebP(params int[] brightness)
    {
        byte[] Chunk(string id, byte[] body)
        {
            byte[] size = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(size, body.Length);
            return [.. System.Text.Encoding.ASCII.GetBytes(id), .. size, .. body, .. new byte[body.Length & 1]];
        }

        byte[] Frame(int grey) => Chunk("ANMF", [0, 0, 0, 0, 0, 0, 15, 0, 0, 11, 0, 0, 40, 0, 0, 0, .. TestPictures.Grey((byte)grey, SKEncodedImageFormat.Webp)[12..]]);
        return Chunk("RIFF", [.. "WEBP"u8, .. Chunk("VP8X", [2, 0, 0, 0, 15, 0, 0, 11, 0, 0]), .. Chunk("ANIM", [0, 0, 0, 0, 0, 0]), .. brightness.SelectMany(Frame)]);
    }
}
