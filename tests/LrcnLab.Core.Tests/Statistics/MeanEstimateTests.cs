using LrcnLab.Core.Statistics;
using Xunit;

namespace LrcnLab.Core.Tests.Statistics;

public sealed class MeanEstimateTests
{
    /// <summary>NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2 (ZARR13): 195 values, mean 9.261460, deviation 0.022789, 95 % interval 9.258242 to 9.264679.</summary>
    [Fact]
    public void Interval_IsThatOfTheHandbook()
    {
        var sample = new MeanEstimate(195, 9.261460, 0.022789);

        Assert.Equal(9.258242, sample.Mean - sample.HalfWidth, 2e-6);
        Assert.Equal(9.264679, sample.Mean + sample.HalfWidth, 2e-6);
    }

    [Fact]
    public void MeanAndDeviation_OfFewValues()
    {
        MeanEstimate sample = MeanEstimate.Of([2, 4, 4, 4, 5, 5, 7, 9]);

        Assert.Equal(5, sample.Mean);
        Assert.Equal(Math.Sqrt(32 / 7.0), sample.Deviation, 12);
        Assert.Equal(2.365 * sample.Deviation / Math.Sqrt(8), sample.HalfWidth, 12);
        Assert.True(double.IsNaN(MeanEstimate.Of([1]).HalfWidth));
        Assert.Throws<ArgumentException>(() => MeanEstimate.Of([]));
    }

    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(30, 2.042)]
    [InlineData(40, 2.021)]
    [InlineData(120, 1.980)]
    [InlineData(100_000, 1.960)]
    public void Quantile_IsThatOfTheTables(int degrees, double expected) => Assert.Equal(expected, MeanEstimate.Quantile(degrees), 1e-3);
}
