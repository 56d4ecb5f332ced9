using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class SampleChecksTests
{
    [Fact]
    public void Flags_OfLengths_ShortIsLessThanAQuarterOfTheMedian()
    {
        SampleFlags[] flags = SampleChecks.Flags([Sample(9), Sample(10), Sample(40), Sample(40), Sample(1000)]);

        Assert.Equal([SampleFlags.Short, SampleFlags.None, SampleFlags.None, SampleFlags.None, SampleFlags.None], flags);
    }

    [Fact]
    public void Flags_OfPictures_AreNeverShort() => Assert.All(SampleChecks.Flags([Sample(1), Sample(1), Sample(1)]), f => Assert.Equal(SampleFlags.None, f));

    [Fact]
    public void Flags_OfColours_BlankIsNearlyOneColourInEveryChannel()
    {
        Sample blank = Sample(10) with { Colors = new([0.5, 0.1, 0.9], [0.01, 0, 0.019]) }, red = Sample(10) with { Colors = new([0.5, 0, 0], [0.3, 0, 0]) };

        Assert.Equal([SampleFlags.Blank, SampleFlags.None, SampleFlags.None], SampleChecks.Flags([blank, red, Sample(10)]));
    }

    [Fact]
    public void Flags_OfNothing_IsNothing() => Assert.Empty(SampleChecks.Flags([]));

    private static Sample Sample(int frames) => new() { Path = "p", Sha256 = "s", Label = 0, Split = Split.Train, Frames = frames, FrameRate = 10, Width = 8, Height = 8 };
}
