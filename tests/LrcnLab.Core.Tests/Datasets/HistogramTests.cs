using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class HistogramTests
{
    [Theory]
    [InlineData(1, 1, 50)]
    [InlineData(2, 300, 400)]
    [InlineData(3, 90_000, 1000)]
    [InlineData(4, 3, 7)]
    public void Of_WholeNumbers_EveryValueIsInTheBinThatSaysSo(int seed, int range, int count)
    {
        var random = new Random(seed);
        double[] values = [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(1, range + 1))];

        Histogram histogram = Histogram.Of(values);

        AssertHolds(histogram, values);
    }

    [Fact]
    public void Of_Fractions_EveryValueIsInTheBinThatSaysSo()
    {
        double[] values = [.. Enumerable.Range(1, 500).Select(i => i / 25.0), 0.04, 20];

        AssertHolds(Histogram.Of(values), values);
    }

    [Fact]
    public void Of_OneLongFilmAmongClips_LeavesTheClipsTheirBins()
    {
        double[] values = [.. Enumerable.Range(0, 999).Select(i => (double)(10 + i % 20)), 100_000];

        Histogram histogram = Histogram.Of(values);

        AssertHolds(histogram, values);
        Assert.Equal(20, histogram.Bins.Take(histogram.Bins.Count - 1).Count(b => b.Count > 0));
        Assert.Equal(1, histogram.Bins[^1].Count);
    }

    [Fact]
    public void Of_EqualValues_IsOneBin()
    {
        Bin bin = Assert.Single(Histogram.Of([16, 16, 16]).Bins);

        Assert.Equal((3, "16"), (bin.Count, bin.Label));
    }

    [Fact]
    public void Of_Nothing_IsEmpty() => Assert.Empty(Histogram.Of([]).Bins);

    private static void AssertHolds(Histogram histogram, double[] values)
    {
        Assert.InRange(histogram.Bins.Count, 1, 26);
        Assert.Equal(values.Length, histogram.Bins.Sum(b => b.Count));
        for (int i = 0; i < histogram.Bins.Count; i++)
        {
            Bin bin = histogram.Bins[i];
            bool last = i == histogram.Bins.Count - 1;
            Assert.Equal(values.Count(v => v >= bin.From - 1e-9 && (v < bin.To - 1e-9 || last)), bin.Count);
            if (!last)
                Assert.Equal(bin.To, histogram.Bins[i + 1].From);
        }
    }
}
