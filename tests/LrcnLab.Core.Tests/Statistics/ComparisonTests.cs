using LrcnLab.Core.Statistics;
using Xunit;

namespace LrcnLab.Core.Tests.Statistics;

public sealed class ComparisonTests
{
    /// <summary>Binomial sums in exact fractions; the second is the approval of the prime minister of Agresti, Categorical Data Analysis, 10.1.</summary>
    [Theory]
    [InlineData(2, 8, 0.109375)]
    [InlineData(150, 86, 3.715936139571442e-05)]
    [InlineData(2600, 2450, 0.03600789883986849)]
    [InlineData(5, 5, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(0, 0, 1)]
    public void McNemar_GivesTheBinomialProbability(int onlyFirst, int onlySecond, double expected)
    {
        // Above 5,000 by the normal curve.
        Assert.Equal(expected, McNemar.Of(onlyFirst, onlySecond).PValue, onlyFirst + onlySecond > 5000 ? 2e-3 * expected : 1e-9 * expected);
        Assert.Equal(McNemar.Of(onlySecond, onlyFirst).PValue, McNemar.Of(onlyFirst, onlySecond).PValue);
    }

    [Fact]
    public void McNemar_CountsSamplesThatOnlyOneGetsRight()
    {
        McNemar test = McNemar.Of([true, true, false, false, true], [true, false, false, true, false]);

        Assert.Equal((2, 1), (test.OnlyFirst, test.OnlySecond));
    }

    [Fact]
    public void Bootstrap_CallsTheSameATie_AndTheDifferentNot()
    {
        bool[] good = Answers(1, 0.9), alsoGood = Answers(2, 0.9), guessing = Answers(3, 0.125);

        PairedBootstrap tie = PairedBootstrap.Of([good], [alsoGood]), clear = PairedBootstrap.Of([good], [guessing]);
        Assert.True(tie.IsTie);
        Assert.False(clear.IsTie);
        Assert.Equal(good.Average(r => r ? 1 : 0) - guessing.Average(r => r ? 1 : 0), clear.Difference, 12);
        Assert.InRange(clear.Difference, clear.Low, clear.High);
        Assert.Equal(clear, PairedBootstrap.Of([good], [guessing]));
        Assert.Equal((0, 0, 0), (PairedBootstrap.Of([good], [good]).Difference, PairedBootstrap.Of([good], [good]).Low, PairedBootstrap.Of([good], [good]).High));
    }

    /// <summary>For one seed a side the interval is close to that of the normal curve for paired differences.</summary>
    [Fact]
    public void Bootstrap_OfOneSeed_IsAsWideAsTheNormalCurveSays()
    {
        bool[] first = Answers(4, 0.8), second = Answers(5, 0.7);
        double[] differences = [.. first.Zip(second, (a, b) => (a ? 1.0 : 0) - (b ? 1.0 : 0))];
        double half = 1.96 * MeanEstimate.Of(differences).Deviation / Math.Sqrt(differences.Length);

        PairedBootstrap found = PairedBootstrap.Of([first], [second]);
        Assert.Equal(found.Difference - half, found.Low, 0.005);
        Assert.Equal(found.Difference + half, found.High, 0.005);
    }

    [Fact]
    public void Bootstrap_OfSeedsThatDifferMuch_IsWider()
    {
        PairedBootstrap steady = PairedBootstrap.Of([Answers(1, 0.8), Answers(2, 0.8), Answers(3, 0.8)], [Answers(4, 0.7)]);
        PairedBootstrap shaky = PairedBootstrap.Of([Answers(1, 0.6), Answers(2, 0.8), Answers(3, 1.0)], [Answers(4, 0.7)]);

        Assert.False(steady.IsTie);
        Assert.True(shaky.High - shaky.Low > 2 * (steady.High - steady.Low));
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Of([[true]], [[true, false]]));
    }

    [Fact]
    public void Importance_FindsTheSettingThatMatters()
    {
        var random = new Random(7);
        double[] rates = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble())];
        var settings = new Dictionary<string, string[]>
        {
            ["optimizer.learningRate"] = [.. rates.Select(r => r.ToString("R", System.Globalization.CultureInfo.InvariantCulture))],
            ["training.seed"] = [.. rates.Select(_ => $"{random.Next(100)}")],
            ["model.cell"] = [.. rates.Select((_, i) => i % 2 == 0 ? "lstm" : "gru")],
            ["training.epochs"] = [.. rates.Select(_ => "10")],
        };

        IReadOnlyList<SettingImportance> found = SettingImportance.Of(settings, [.. rates.Select((r, i) => 3 * r + (i % 2 == 0 ? 0.5 : 0) + 0.05 * random.NextDouble())]);

        Assert.Equal(["optimizer.learningRate", "model.cell", "training.seed"], found.Select(s => s.Setting));
        Assert.True(found[0].Importance > 0.6 && found[0].Correlation > 0.9);
        Assert.True(double.IsNaN(found[1].Correlation));
        Assert.Equal(1, found.Sum(s => s.Importance), 9);
        Assert.Empty(SettingImportance.Of(settings.ToDictionary(s => s.Key, s => s.Value[..3]), [1, 2, 3]));
    }

    /// <summary>Ranks of an example with ties: both columns rise together but for one pair (SciPy 1.11, spearmanr: 0.8207826816681233).</summary>
    [Fact]
    public void Spearman_SharesRanks() => Assert.Equal(0.8207826816681233, SettingImportance.Spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]), 12);

    private static bool[] Answers(int seed, double right)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 1000).Select(_ => random.NextDouble() < right)];
    }
}
