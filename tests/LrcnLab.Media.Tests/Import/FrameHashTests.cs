using System.Numerics;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Import;
using SkiaSharp;

namespace LrcnLab.Media.Tests.Import;

public sealed class FrameHashTests
{
    /// <summary>Soft blobs of random places and brightness: another seed is another picture.</summary>
    private static byte[] Scene(int seed, int width = 160, int height = 96, double gain = 1, double offset = 0)
    {
        var random = new Random(seed);
        var blobs = Enumerable.Range(0, 12).Select(_ => (X: random.NextDouble(), Y: random.NextDouble(), Size: 0.05 + 0.15 * random.NextDouble(), Light: 40 + 120 * random.NextDouble())).ToArray();
        byte[] frame = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            double x = (i % width + 0.5) / width, y = (i / width + 0.5) / height;
            double light = 30 + blobs.Sum(b => b.Light * Math.Exp(-((x - b.X) * (x - b.X) + (y - b.Y) * (y - b.Y)) / (b.Size * b.Size)));
            frame[i] = frame[width * height + i] = frame[2 * width * height + i] = (byte)Math.Clamp(0.5 * gain * light + offset, 0, 255);
        }

        return frame;
    }

    private static int Distance(byte[] a, byte[] b) => a.Zip(b).Sum(p => BitOperations.PopCount((uint)(p.First ^ p.Second)));

    private static byte[] Hash(byte[] frame, int width = 160, int height = 96) => Convert.FromBase64String(FrameHash.Of([frame], new FrameFormat(width, height, ColorMode.Rgb)).Hashes);

    [Fact]
    public void Of_AFrameThatGrowsToTheRight_SetsEveryBitRowByRow()
    {
        byte[] right = [.. Enumerable.Range(0, 3 * 34 * 16).Select(i => (byte)(i % 34 * 5))];
        Assert.All(Hash(right, 34, 16), b => Assert.Equal(0xFF, b));
        Assert.All(Hash([.. right.Reverse()], 34, 16), b => Assert.Equal(0, b));

        byte[] corner = new byte[3 * 17 * 16];
        corner[1] = 255;
        Assert.Equal([0x80, .. new byte[31]], Hash(corner, 17, 16));
    }

    [Fact]
    public void Of_OtherSizeBrightnessAndCompression_HardlyDiffers()
    {
        byte[] original = Hash(Scene(1));
        Assert.InRange(Distance(original, Hash(Scene(1, 90, 60), 90, 60)), 0, 12);
        Assert.InRange(Distance(original, Hash(Scene(1, gain: 0.7, offset: 20))), 0, 12);
        Assert.InRange(Distance(original, Hash(Compressed(Scene(1)))), 0, 20);
    }

    [Fact]
    public void Of_OtherFrames_Differs()
    {
        byte[][] hashes = [.. Enumerable.Range(0, 12).Select(seed => Hash(Scene(seed)))];
        for (int a = 0; a < hashes.Length; a++)
        {
            for (int b = 0; b < a; b++)
                Assert.InRange(Distance(hashes[a], hashes[b]), 60, 256);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(16, 4)]
    public void Of_SeveralFrames_HashesFourOfThem(int frames, int hashes)
    {
        byte[][] scenes = [.. Enumerable.Range(0, frames).Select(i => Scene(i))];
        byte[] all = Convert.FromBase64String(FrameHash.Of(scenes, new FrameFormat(160, 96, ColorMode.Rgb)).Hashes);
        Assert.Equal(hashes * FrameHash.Bytes, all.Length);
        Assert.Equal(Hash(scenes[(int)(0.5 * frames / hashes)]), all[..FrameHash.Bytes]);
        Assert.Equal(Hash(scenes[^Math.Max(1, frames / 8)]), all[^FrameHash.Bytes..]);
    }

    [Fact]
    public void Colors_OfHalfBlackHalfRed_AreMeanAndDeviation()
    {
        byte[] frame = [0, 255, 0, 255, .. new byte[8]];
        ColorStatistics colors = FrameColors.Of([frame, frame], new FrameFormat(2, 2, ColorMode.Rgb));
        Assert.Equal([0.5, 0, 0], colors.Mean);
        Assert.Equal([0.5, 0, 0], colors.Deviation);
    }

    private static byte[] Compressed(byte[] planar)
    {
        using SKBitmap bitmap = TestPictures.Plain(160, 96, 0, 0, 0);
        for (int i = 0; i < 160 * 96; i++)
            bitmap.SetPixel(i % 160, i / 160, new SKColor(planar[i], planar[160 * 96 + i], planar[2 * 160 * 96 + i]));
        using SKBitmap decoded = SKBitmap.Decode(TestPictures.Encode(bitmap, SKEncodedImageFormat.Jpeg, quality: 40));
        byte[] result = new byte[planar.Length];
        for (int i = 0; i < 160 * 96; i++)
            (result[i], result[160 * 96 + i], result[2 * 160 * 96 + i]) = (decoded.GetPixel(i % 160, i / 160).Red, decoded.GetPixel(i % 160, i / 160).Green, decoded.GetPixel(i % 160, i / 160).Blue);
        return result;
    }
}
