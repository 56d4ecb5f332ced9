using CsCheck;
using LrcnLab.Core.Statistics;
using Xunit;

namespace LrcnLab.Core.Tests.Statistics;

public sealed class MeanCurveTests
{
    [Fact]
    public void CurvesOfTheSamePlaces_AreAveragedPlaceByPlace()
    {
        MeanCurve mean = MeanCurve.Of([([1, 2, 3], [1, 2, 3]), ([1, 2, 3], [3, 4, double.NaN])], 100, BandKind.Deviation);

        Assert.Equal([1, 2, 3], mean.X);
        Assert.Equal([2, 3, 3], mean.Mean);
        Assert.Equal([2, 2, 1], mean.Counts);
        Assert.Equal([2 - Math.Sqrt(2), 3 - Math.Sqrt(2), 3], mean.Low);
    }

    [Fact]
    public void CurveThatEndsEarly_IsNotDrawnOn()
    {
        MeanCurve mean = MeanCurve.Of([([0, 10], [0, 10]), ([5], [100])], 100, BandKind.Range);

        Assert.Equal([0, 5, 10], mean.X);
        Assert.Equal([0, 52.5, 10], mean.Mean);
        Assert.Equal((5, 100), (mean.Low[1], mean.High[1]));
        Assert.Equal([1, 2, 1], mean.Counts);
    }

    [Fact]
    public void ManyPlaces_AreAveragedInCells()
    {
        double[] x = [.. Enumerable.Range(0, 10_001).Select(i => (double)i)];
        MeanCurve mean = MeanCurve.Of([(x, x), (x, [.. x.Select(v => v + 2)])], 100, BandKind.Interval);

        Assert.Equal(100, mean.X.Length);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(mean.X[i] + 1, mean.Mean[i], 1.0));
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(12.706, mean.High[i] - mean.Mean[i], 1e-6));
    }

    [Fact]
    public void Mean_LiesWithinItsBand_AndTheBandWithinTheCurves_WhenItIsTheRange() =>
        Gen.Select(Gen.Double[-100, 100].Array[1, 60], Gen.Double[-100, 100].Array[1, 60], Gen.Int[1, 40]).Sample((a, b, cells) =>
        {
            double[] Places(double[] y) => [.. Enumerable.Range(0, y.Length).Select(i => i * 1.5)];
            MeanCurve mean = MeanCurve.Of([(Places(a), a), (Places(b), b)], cells, BandKind.Range);
            Assert.All(Enumerable.Range(0, mean.X.Length).Where(i => mean.Counts[i] > 0), i =>
            {
                Assert.InRange(mean.Mean[i], mean.Low[i] - 1e-9, mean.High[i] + 1e-9);
                Assert.InRange(mean.Low[i], a.Concat(b).Min() - 1e-9, a.Concat(b).Max() + 1e-9);
            });
        });

    [Fact]
    public void NoCurves_AreNoMean() => Assert.Empty(MeanCurve.Of([([], []), ([1], [double.PositiveInfinity])], 10, BandKind.Range).X);
}
