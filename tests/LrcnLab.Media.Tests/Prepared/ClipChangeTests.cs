using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Tests.Prepared;

public sealed class ClipChangeTests
{
    private static readonly AugmentationSpec Strong = new() { Shift = 0.3, Crop = 0.4, HorizontalFlip = true, Brightness = 0.2, Contrast = 0.2, Saturation = 0.3 };

    [Fact]
    public void Apply_ShiftAndMirror_MovesPixelsAndRepeatsEdges()
    {
        byte[] source = [1, 2, 3, 4, 5, 6], target = new byte[6];
        new ClipChange(1, 0, false).Apply(source, target, 3, 2);
        Assert.Equal([1, 1, 2, 4, 4, 5], target);
        new ClipChange(-1, -1, true).Apply(source, target, 3, 2);
        Assert.Equal([6, 6, 5, 6, 6, 5], target);
    }

    /// <summary>Half of 4 pixels enlarged to 4: their centres lie at -0.25, 0.25, 0.75 and 1.25 from the centre of the first pixel that is kept.</summary>
    [Theory]
    [InlineData(0, 0, new byte[] { 0, 5, 15, 25 })]
    [InlineData(0.5, 0, new byte[] { 15, 25, 35, 45 })]
    [InlineData(1, 0, new byte[] { 35, 45, 55, 60 })]
    [InlineData(0, 1, new byte[] { 0, 0, 5, 15 })]
    public void Apply_HalfCutOff_EnlargesTheRest(double left, int shift, byte[] expected)
    {
        byte[] source = [0, 20, 40, 60], target = new byte[4];
        new ClipChange(shift, 0, false, 0.5, left).Apply(source, target, 4, 1);
        Assert.Equal(expected, target);
    }

    [Fact]
    public void Apply_CropAndMirror_IsTheMirroredCrop()
    {
        byte[] source = new byte[2 * 6 * 5], plain = new byte[source.Length], mirrored = new byte[source.Length];
        new Random(1).NextBytes(source);
        new ClipChange(1, -1, false, 0.3, 0.2, 0.9).Apply(source, plain, 6, 5);
        new ClipChange(1, -1, true, 0.3, 0.2, 0.9).Apply(source, mirrored, 6, 5);
        for (int row = 0; row < 10; row++)
            Assert.Equal(plain.AsSpan(row * 6, 6).ToArray().Reverse(), mirrored.AsSpan(row * 6, 6).ToArray());
    }

    [Fact]
    public void Draw_OneChangeSwitchedOn_LeavesTheOthers()
    {
        SplitMix a = Shuffle.ForSample(1, 2, 3), b = Shuffle.ForSample(1, 2, 3);
        ClipChange without = ClipChange.Draw(Strong with { Crop = 0 }, 64, 64, ref a), with = ClipChange.Draw(Strong, 64, 64, ref b);
        Assert.Equal(without with { Cut = with.Cut }, with);
        Assert.InRange(with.Cut, 0.001, 0.4);
        ColorChange paler = ColorChange.Draw(Strong with { Brightness = 0 }, ref a), brighter = ColorChange.Draw(Strong, ref b);
        Assert.Equal(paler with { Brightness = brighter.Brightness }, brighter);
        Assert.NotEqual(0, brighter.Brightness);
    }

    [Fact]
    public void Apply_BrightnessAndContrast_ClampAtTheRange()
    {
        byte[] pixels = [0, 100, 250];
        new ColorChange(0.1, 0, 0).Apply(pixels, 1, 3);
        Assert.Equal([26, 126, 255], pixels);
    }

    [Fact]
    public void Apply_Saturation_PullsEachPixelToOrFromItsGrey()
    {
        byte[] pixels = [200, 10, 100, 10, 0, 10]; // two pixels: (200, 100, 0) and grey 10
        new ColorChange(0, 0, -1).Apply(pixels, 3, 2);
        Assert.Equal([118, 10, 118, 10, 118, 10], pixels);
        byte[] colorful = [200, 100, 50];
        new ColorChange(0, 0, 0.5).Apply(colorful, 3, 1);
        Assert.Equal([238, 88, 13], colorful);
        byte[] grey = [1, 2, 3];
        new ColorChange(0, 0, 0.5).Apply(grey, 1, 3);
        Assert.Equal([1, 2, 3], grey);
    }

    [Fact]
    public void Apply_ManyPixelsAtOnce_AsOneByOne()
    {
        byte[] frame = new byte[3 * 37];
        new Random(2).NextBytes(frame);
        var change = new ColorChange(0.05, -0.3, 0.8);
        byte[] expected = [.. frame];
        for (int i = 0; i < 37; i++)
        {
            byte[] pixel = [frame[i], frame[37 + i], frame[74 + i]];
            change.Apply(pixel, 3, 1);
            (expected[i], expected[37 + i], expected[74 + i]) = (pixel[0], pixel[1], pixel[2]);
        }

        change.Apply(frame, 3, 37);
        Assert.Equal(expected, frame);
    }

    [Fact]
    public void Apply_Crop_IsTheBilinearValueOfEachPixel()
    {
        const int Width = 37, Height = 21;
        byte[] source = new byte[Width * Height], target = new byte[Width * Height];
        new Random(3).NextBytes(source);
        var change = new ClipChange(3, -2, false, 0.35, 0.6, 0.1);
        change.Apply(source, target, Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
                Assert.InRange(target[y * Width + x], Bilinear(x, y) - 3, Bilinear(x, y) + 3); // places are rounded to 256ths of a pixel
        }

        double Bilinear(int x, int y)
        {
            double column = Place(x, Width, change.ShiftX, change.CutLeft), row = Place(y, Height, change.ShiftY, change.CutTop);
            int left = (int)column, top = (int)row;
            double Row(int at) => source[at * Width + left] + (source[at * Width + Math.Min(left + 1, Width - 1)] - source[at * Width + left]) * (column - left);
            return Row(top) + (Row(Math.Min(top + 1, Height - 1)) - Row(top)) * (row - top);
        }

        double Place(int i, int size, int shift, double before) => Math.Clamp(change.Cut * before * size + (i - shift + 0.5) * (1 - change.Cut) - 0.5, 0, size - 1);
    }

    /// <summary>The formula of the first version, one pixel after the other: what was trained with a seed must come out again bit for bit.</summary>
    [Fact]
    public void Apply_AnyCrop_IsBitForBitTheScalarFormula()
    {
        SplitMix random = Shuffle.ForSample(5, 1, 1);
        foreach (var (width, height) in ((int, int)[])[(7, 5), (16, 9), (37, 21), (64, 48), (112, 112), (130, 3)])
        {
            byte[] source = new byte[3 * width * height], target = new byte[source.Length];
            new Random(width).NextBytes(source);
            for (int i = 0; i < 100; i++)
            {
                ClipChange change = ClipChange.Draw(Strong with { Crop = i % 3 == 0 ? 0.01 : 0.75 }, width, height, ref random);
                change.Apply(source, target, width, height);
                if (change.Cut > 0)
                    Assert.Equal(Scalar(change, source, width, height), target);
            }
        }
    }

    private static byte[] Scalar(ClipChange change, byte[] source, int width, int height)
    {
        byte[] target = new byte[source.Length];
        int[] columns = Places(width, change.CutLeft, change.ShiftX), rows = Places(height, change.CutTop, change.ShiftY);
        if (change.Mirror)
            Array.Reverse(columns);
        for (int at = 0; at < source.Length; at += width * height)
        {
            for (int y = 0; y < height; y++)
            {
                int upper = at + rows[y] / 256 * width, lower = at + Math.Min(rows[y] / 256 + 1, height - 1) * width, share = rows[y] % 256;
                for (int x = 0; x < width; x++)
                {
                    int left = columns[x] / 256, right = Math.Min(left + 1, width - 1), part = columns[x] % 256;
                    int from = source[upper + left] * (256 - share) + source[lower + left] * share, to = source[upper + right] * (256 - share) + source[lower + right] * share;
                    target[at + y * width + x] = (byte)((from * (256 - part) + to * part + 32768) / 65536);
                }
            }
        }

        return target;

        int[] Places(int size, double before, int shift) =>
            [.. Enumerable.Range(0, size).Select(i => Math.Clamp((int)Math.Round((change.Cut * before * size + (i - shift + 0.5) * (1 - change.Cut) - 0.5) * 256), 0, (size - 1) * 256))];
    }

    [Fact]
    public void Reshape_Scales_TakesListedSharesAndNeighboursOnly()
    {
        var spec = new AugmentationSpec { CropScales = [100, 88, 75, 66] };
        SplitMix random = Shuffle.ForSample(1, 1, 1);
        (double Width, double Height)[] kept = [.. Enumerable.Range(0, 500).Select(_ => ClipChange.None.Reshape(spec, ref random)).Select(c => (Math.Round(1 - c.Narrow, 9), Math.Round(1 - c.Flat, 9)))];
        double[] scales = [1, 0.88, 0.75, 0.66];
        Assert.All(kept, k => Assert.InRange(Math.Abs(Array.IndexOf(scales, k.Width) - Array.IndexOf(scales, k.Height)), 0, 1));
        Assert.Equal(10, kept.Distinct().Count()); // 4 equal pairs and 6 of neighbours
        Assert.Equal(ClipChange.None, ClipChange.None.Reshape(new AugmentationSpec(), ref random));
    }

    [Fact]
    public void Reshape_Aspect_CutsOneSideWithinItsBound()
    {
        SplitMix random = Shuffle.ForSample(1, 1, 1);
        for (int i = 0; i < 200; i++)
        {
            ClipChange change = ClipChange.None.Reshape(new AugmentationSpec { Aspect = 0.5 }, ref random);
            Assert.Equal(0, Math.Min(change.Narrow, change.Flat), 12);
            Assert.InRange((1 - change.Narrow) / (1 - change.Flat), 1 / 1.5 - 1e-9, 1.5 + 1e-9);
        }
    }

    [Fact]
    public void Apply_Flat_CutsRowsOnly()
    {
        byte[] source = [.. Enumerable.Range(0, 8).SelectMany(y => Enumerable.Repeat((byte)(10 * y), 4))], target = new byte[32];
        (ClipChange.None with { Flat = 0.5 }).Apply(source, target, 4, 8);
        Assert.Equal([0, 3, 8, 13, 18, 23, 28, 33], Enumerable.Range(0, 8).Select(y => (int)target[4 * y]));
    }

    [Fact]
    public void Apply_Hue_KeepsGreyAndLumaAndComesRoundAgain()
    {
        byte[] frame = new byte[3 * 37];
        var random = new Random(4);
        for (int i = 0; i < frame.Length; i++)
            frame[i] = (byte)random.Next(90, 165); // Nothing is clipped.
        (frame[0], frame[37], frame[74]) = (77, 77, 77);
        byte[] turned = [.. frame];
        new ColorChange(0, 0, 0, 0.25).Apply(turned, 3, 37);
        Assert.NotEqual(frame[1], turned[1]);
        Assert.Equal((77, 77, 77), (turned[0], turned[37], turned[74]));
        for (int i = 0; i < 37; i++)
            Assert.Equal(Luma(frame, i), Luma(turned, i), 2.0);
        for (int i = 0; i < 3; i++)
            new ColorChange(0, 0, 0, 0.25).Apply(turned, 3, 37);
        Assert.All(frame.Zip(turned), p => Assert.InRange(p.First - p.Second, -5, 5));
        byte[] alone = [frame[5], frame[42], frame[79]], together = [.. frame];
        new ColorChange(0, 0, 0, -0.1).Apply(alone, 3, 1);
        new ColorChange(0, 0, 0, -0.1).Apply(together, 3, 37);
        Assert.Equal((alone[0], alone[1], alone[2]), (together[5], together[42], together[79]));

        static double Luma(byte[] f, int i) => 0.299 * f[i] + 0.587 * f[37 + i] + 0.114 * f[74 + i];
    }

    [Fact]
    public void Draw_Erase_IsWithinTheFrameAndItsArea()
    {
        SplitMix random = Shuffle.ForSample(1, 1, 1);
        EraseChange[] drawn = [.. Enumerable.Range(0, 2000).Select(_ => EraseChange.Draw(new AugmentationSpec { Erase = 0.25, EraseArea = 0.2 }, 64, 48, ref random))];
        EraseChange[] erased = [.. drawn.Where(d => d.Width > 0)];
        Assert.InRange(erased.Length, 400, 600);
        Assert.All(erased, e =>
        {
            Assert.True(e.Left >= 0 && e.Top >= 0 && e.Left + e.Width <= 64 && e.Top + e.Height <= 48);
            Assert.InRange(e.Width * e.Height / (64.0 * 48), 0.01, 0.23);
        });
        Assert.Contains(erased, e => e.Width > 2 * e.Height);
        Assert.Contains(erased, e => e.Height > 2 * e.Width);
        byte[] planes = new byte[2 * 6];
        new EraseChange(1, 0, 2, 1).Apply(planes, 3, 2);
        Assert.Equal([0, 128, 128, 0, 0, 0, 0, 128, 128, 0, 0, 0], planes);
    }
}
