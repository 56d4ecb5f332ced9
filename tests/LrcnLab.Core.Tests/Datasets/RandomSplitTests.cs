using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class RandomSplitTests
{
    /// <summary>As UCF101: recordings of 4 to 7 clips.</summary>
    private static SplitCandidate[] Recordings(int classes, int groups) =>
    [
        .. from c in Enumerable.Range(0, classes)
           from g in Enumerable.Range(0, groups)
           from n in Enumerable.Range(0, 4 + (c + g) % 4)
           select new SplitCandidate($"class{c}", $"class{c}/g{g}", $"class{c}/g{g}_c{n}.avi"),
    ];

    [Fact]
    public void Draw_Recordings_StayTogetherAndClassesKeepTheirShares()
    {
        SplitCandidate[] samples = Recordings(classes: 10, groups: 25);
        Split[] splits = RandomSplit.Draw(samples, 0.2, 0.1, seed: 7);

        var placed = samples.Zip(splits).ToArray();
        Assert.All(placed.GroupBy(p => p.First.Group), g => Assert.Single(g.Select(p => p.Second).Distinct()));
        Assert.All(placed.GroupBy(p => p.First.Class), c =>
        {
            Assert.InRange(c.Count(p => p.Second == Split.Validation) / (double)c.Count(), 0.15, 0.25);
            Assert.InRange(c.Count(p => p.Second == Split.Test) / (double)c.Count(), 0.06, 0.14);
        });
    }

    [Fact]
    public void Draw_OtherOrderOfTheInput_GivesTheSameSplits()
    {
        SplitCandidate[] samples = Recordings(classes: 4, groups: 9);
        Dictionary<string, Split> Placed(SplitCandidate[] order) => order.Zip(RandomSplit.Draw(order, 0.25, 0.25, seed: 3)).ToDictionary(p => p.First.Path, p => p.Second);

        Assert.Equal(Placed(samples), Placed([.. samples.Reverse()]));
        Assert.NotEqual(RandomSplit.Draw(samples, 0.25, 0.25, seed: 3), RandomSplit.Draw(samples, 0.25, 0.25, seed: 4));
    }

    [Fact]
    public void Draw_CutsOfOneFile_StayTogetherAlthoughTheirClassesDiffer()
    {
        SplitCandidate[] samples = [.. from f in Enumerable.Range(0, 40) from w in Enumerable.Range(0, 3) select new SplitCandidate($"word{w * 4 + (f + w) % 4}", "", $"{f}.mp4")];
        Split[] splits = RandomSplit.Draw(samples, 0.2, 0, seed: 1);

        Assert.All(samples.Zip(splits).GroupBy(p => p.First.Path), f => Assert.Single(f.Select(p => p.Second).Distinct()));
        Assert.All(samples.Zip(splits).GroupBy(p => p.First.Class), c => Assert.InRange(c.Count(p => p.Second == Split.Validation), 1, 4));
    }

    [Fact]
    public void Draw_FewUnits_KeepsOneForTrainingAndGivesOneToValidation()
    {
        SplitCandidate[] samples =
        [
            new("one", "", "1"), new("two", "", "2a"), new("two", "", "2b"), new("three", "", "3a"), new("three", "", "3b"), new("three", "", "3c"),
            .. Enumerable.Range(0, 9).Select(i => new SplitCandidate("film", "big", $"b{i}")), new("film", "small", "s"),
        ];
        ILookup<string, Split> splits = samples.Zip(RandomSplit.Draw(samples, 0.2, 0.2, seed: 5)).ToLookup(p => p.First.Class, p => p.Second);

        Assert.Equal([Split.Train], splits["one"]);
        Assert.Equal([Split.Train, Split.Validation], splits["two"].Order());
        Assert.Equal([Split.Train, Split.Validation, Split.Test], splits["three"].Order());
        Assert.Equal(9, splits["film"].Count(s => s == Split.Train));
    }

    [Fact]
    public void Draw_NoShares_TrainsOnEverything() => Assert.All(RandomSplit.Draw(Recordings(2, 3), 0, 0, seed: 1), s => Assert.Equal(Split.Train, s));

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(-0.1, 0)]
    [InlineData(0, double.NaN)]
    public void Draw_ImpossibleShares_AreRefused(double validation, double test) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomSplit.Draw([], validation, test, seed: 1));

    [Fact]
    public void Draw_NoSamples_GivesNone() => Assert.Empty(RandomSplit.Draw([], 0.2, 0.2, seed: 1));
}
