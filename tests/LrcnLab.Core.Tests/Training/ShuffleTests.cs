using CsCheck;
using LrcnLab.Core.Training;
using Xunit;

namespace LrcnLab.Core.Tests.Training;

public sealed class ShuffleTests
{
    [Fact]
    public void Order_IsAPermutationAndAlwaysTheSame() => Gen.Select(Gen.Int[0, 500], Gen.Int, Gen.Int[0, 100_000]).Sample((count, seed, epoch) =>
    {
        int[] order = Shuffle.Order(count, seed, epoch);
        Assert.Equal(Enumerable.Range(0, count), order.Order());
        Assert.Equal(order, Shuffle.Order(count, seed, epoch));
    });

    [Fact]
    public void Order_DiffersByEpochAndSeed()
    {
        string[] orders = [.. from seed in Enumerable.Range(0, 20) from epoch in Enumerable.Range(0, 20) select string.Join(' ', Shuffle.Order(50, seed, epoch))];

        Assert.Equal(orders.Length, orders.Distinct().Count());
    }

    /// <summary>These numbers are part of every past run: a change makes its seed mean something else and a resumed run see other data.</summary>
    [Fact]
    public void Order_OfThisSeedAndEpoch_NeverChanges()
    {
        Assert.Equal([4, 5, 2, 1, 9, 8, 6, 0, 7, 3], Shuffle.Order(10, 1, 0));
        Assert.Equal([4, 6, 8, 7, 5, 9, 2, 1, 0, 3], Shuffle.Order(10, 1, 1));
        Assert.Equal([3, 8, 9, 5, 2, 6, 4, 7, 0, 1], Shuffle.Order(10, int.MaxValue, 99_999));
    }

    [Fact]
    public void ForSample_OfTheseArguments_NeverChanges()
    {
        Assert.Equal(16321491304643971414UL, Shuffle.ForSample(1, 0, 0).Next());
        Assert.Equal(10511167430171045421UL, Shuffle.ForSample(1, 0, 1).Next());
        Assert.Equal(14512240895448352642UL, Shuffle.ForSample(1, 1, 0).Next());
    }

    /// <summary>First outputs of SplitMix64 for seed 1234567, as published with the reference implementation.</summary>
    [Fact]
    public void SplitMix_OfAKnownSeed_GivesThePublishedNumbers()
    {
        var random = new SplitMix(1234567);

        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL], Enumerable.Range(0, 5).Select(_ => random.Next()).ToArray());
    }

    [Fact]
    public void Samples_GetDifferentNumbersByEachArgument()
    {
        ulong[] firsts = [.. from seed in Enumerable.Range(0, 12) from epoch in Enumerable.Range(0, 12) from sample in Enumerable.Range(-1, 13) select Shuffle.ForSample(seed, epoch, sample).Next()];

        Assert.Equal(firsts.Length, firsts.Distinct().Count());
    }

    /// <summary>Chi-squared over where the first sample lands in 10,000 epochs: 9 degrees of freedom, 27.9 at one in a thousand. Deterministic, so it holds or not.</summary>
    [Fact]
    public void Order_PutsASampleEverywhereEquallyOften()
    {
        int[] counts = new int[10];
        for (int epoch = 0; epoch < 10_000; epoch++)
            counts[Array.IndexOf(Shuffle.Order(10, seed: 1, epoch), 0)]++;

        Assert.True(counts.Sum(c => (c - 1_000.0) * (c - 1_000.0) / 1_000) < 27.9, string.Join(' ', counts));
    }

    [Fact]
    public void NextUnit_IsUniformInItsInterval()
    {
        var random = new SplitMix(1);
        double[] values = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextUnit())];

        Assert.All(values, v => Assert.InRange(v, 0, 1 - double.Epsilon));
        Assert.Equal(0.5, values.Average(), 0.005);
        Assert.Equal(1 / 12.0, values.Average(v => (v - 0.5) * (v - 0.5)), 0.002);
    }

    [Fact]
    public void NextSymmetric_StaysWithinItsLimits()
    {
        var random = new SplitMix(1);
        double[] values = [.. Enumerable.Range(0, 10_000).Select(_ => random.NextSymmetric(0.25))];

        Assert.All(values, v => Assert.InRange(v, -0.25, 0.25));
        Assert.InRange(values.Min(), -0.25, -0.24);
        Assert.InRange(values.Max(), 0.24, 0.25);
    }
}
