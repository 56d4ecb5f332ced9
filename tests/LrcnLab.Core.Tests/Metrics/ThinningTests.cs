using CsCheck;
using LrcnLab.Core.Metrics;
using Xunit;

namespace LrcnLab.Core.Tests.Metrics;

public sealed class ThinningTests
{
    private static readonly Gen<double[]> Series = Gen.OneOf(
        Gen.Double[-10, 10],
        Gen.Double,
        Gen.OneOf(0.0, 1.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue)).Array[0, 600];

    [Fact]
    public void Select_OfAnySeries_KeepsWhatTheEyeMustNotMiss() => Gen.Select(Series, Gen.Int[4, 100]).Sample((values, points) =>
    {
        IReadOnlyList<int> kept = Thinning.Select(values, points);
        var set = kept.ToHashSet();

        Assert.True(kept.Zip(kept.Skip(1)).All(p => p.First < p.Second), "indices rise");
        Assert.All(Enumerable.Range(0, values.Length).Where(i => !double.IsFinite(values[i])), i => Assert.Contains(i, set));
        Assert.True(kept.Count <= points + values.Count(v => !double.IsFinite(v)), "no more than asked for, beside what is not finite");
        if (values.Length == 0)
            return;
        Assert.Equal(0, kept[0]);
        Assert.Equal(values.Length - 1, kept[^1]);
        double[] finite = [.. values.Where(double.IsFinite)], keptFinite = [.. kept.Select(i => values[i]).Where(double.IsFinite)];
        if (finite.Length > 0)
            Assert.Equal((finite.Min(), finite.Max()), (keptFinite.Min(), keptFinite.Max()));
    });

    [Fact]
    public void Select_OfAShortSeries_KeepsAll() => Assert.Equal([0, 1, 2, 3], Thinning.Select([1, 2, 3, 4], 4));

    [Fact]
    public void Select_OfEachBucket_KeepsFirstLastMinimumAndMaximum() =>
        Assert.Equal([0, 1, 3, 4, 5, 6, 8, 9], Thinning.Select([5, 9, 6, 1, 5, /**/ 5, 0, 3, 7, 5], 8));

    [Fact]
    public void Select_OfOneSpikeInAMillionPoints_KeepsIt()
    {
        double[] values = new double[1_000_000];
        values[777_777] = 1;
        IReadOnlyList<int> kept = Thinning.Select(values, 1_000);

        Assert.Contains(777_777, kept);
        Assert.InRange(kept.Count, 500, 1_000);
    }

    [Fact]
    public void Select_OfNothing_IsNothing() => Assert.Empty(Thinning.Select([], 4));

    [Fact]
    public void Select_WithTooFewPoints_IsABug() => Assert.Throws<ArgumentOutOfRangeException>(() => Thinning.Select([1, 2, 3], 3));
}
