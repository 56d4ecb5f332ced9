using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Runs;

public sealed class ReproductionTests
{
    private static readonly RunRecord First = new(new RunSpec(), new Dictionary<string, string> { ["device"] = "cpu", ["threads"] = "2" }, "aa", new Dictionary<string, double> { ["train/loss"] = 0.5, ["validation/loss"] = double.NaN, ["speed/clips_per_second"] = 100 });

    [Fact]
    public void SameWeights_AreIdenticalWhateverTheSpeed()
    {
        Reproduction outcome = Reproduction.Compare(First, First with { Measures = new Dictionary<string, double>(First.Measures) { ["speed/clips_per_second"] = 3 } });
        Assert.Equal(ReproductionVerdict.Identical, outcome.Verdict);
        Assert.Empty(outcome.Measures);
        Assert.Empty(outcome.Inputs);
    }

    [Theory]
    [InlineData(0.5004, ReproductionVerdict.WithinRounding)]
    [InlineData(0.5, ReproductionVerdict.WithinRounding)]
    [InlineData(0.51, ReproductionVerdict.Different)]
    [InlineData(double.NaN, ReproductionVerdict.Different)]
    public void OtherWeights_AreJudgedByTheMeasures(double loss, ReproductionVerdict expected)
    {
        Reproduction outcome = Reproduction.Compare(First, First with { WeightsSha256 = "bb", Measures = new Dictionary<string, double>(First.Measures) { ["train/loss"] = loss } });
        Assert.Equal(expected, outcome.Verdict);
    }

    [Fact]
    public void OtherInputs_AreNamed()
    {
        var again = new RunRecord(new RunSpec { Training = new TrainingSpec { Seed = 2 } }, new Dictionary<string, string> { ["device"] = "cpu", ["threads"] = "4" }, "bb", new Dictionary<string, double>());
        Reproduction outcome = Reproduction.Compare(First, again);
        Assert.Equal([new SpecChange("training.seed", "1", "2"), new SpecChange("threads", "2", "4")], outcome.Inputs);
        Assert.Equal(ReproductionVerdict.Different, outcome.Verdict);
        Assert.All(outcome.Measures, m => Assert.Equal(double.PositiveInfinity, m.Relative));
    }

    [Fact]
    public void RunsWithoutAnyMeasure_AreNotCalledAlike() =>
        Assert.Equal(ReproductionVerdict.Different, Reproduction.Compare(First with { WeightsSha256 = null, Measures = new Dictionary<string, double>() }, First with { WeightsSha256 = null, Measures = new Dictionary<string, double>() }).Verdict);
}
