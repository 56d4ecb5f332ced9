using LrcnLab.Core.Training;
using Xunit;

namespace LrcnLab.Core.Tests.Training;

public sealed class BalancedOrderTests
{
    private static readonly int[] Labels = [.. Enumerable.Repeat(0, 30), .. Enumerable.Repeat(3, 7), .. Enumerable.Repeat(5, 2)];

    [Fact]
    public void Order_OfAnEpoch_HasEveryClassEquallyOften()
    {
        int[] order = Shuffle.BalancedOrder(Labels, seed: 1, epoch: 1);

        Assert.Equal([13, 13, 13], order.CountBy(i => Labels[i]).OrderBy(c => c.Key).Select(c => c.Value));
        Assert.Equal(13, order.Where(i => Labels[i] == 0).Distinct().Count());
        Assert.Equal(7, order.Where(i => Labels[i] == 3).Distinct().Count());
    }

    [Fact]
    public void Order_DependsOnSeedAndEpochOnly()
    {
        Assert.Equal(Shuffle.BalancedOrder(Labels, 1, 1), Shuffle.BalancedOrder(Labels, 1, 1));
        Assert.NotEqual(Shuffle.BalancedOrder(Labels, 1, 1), Shuffle.BalancedOrder(Labels, 1, 2));
        Assert.NotEqual(Shuffle.BalancedOrder(Labels, 1, 1), Shuffle.BalancedOrder(Labels, 2, 1));
        Assert.Equal(30, Enumerable.Range(1, 30).SelectMany(e => Shuffle.BalancedOrder(Labels, 1, e)).Where(i => Labels[i] == 0).Distinct().Count());
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(4)]
    public void Beta_OfEqualParameters_HasItsMeanAndVariance(double alpha)
    {
        var random = new SplitMix(7);
        double[] drawn = [.. Enumerable.Range(0, 40_000).Select(_ => random.NextBeta(alpha))];

        Assert.All(drawn, d => Assert.InRange(d, 0, 1));
        Assert.Equal(0.5, drawn.Average(), 0.01);
        Assert.Equal(1 / (4 * (2 * alpha + 1)), drawn.Average(d => (d - 0.5) * (d - 0.5)), 0.005);
    }
}
