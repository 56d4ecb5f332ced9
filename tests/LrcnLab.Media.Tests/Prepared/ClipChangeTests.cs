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
}
