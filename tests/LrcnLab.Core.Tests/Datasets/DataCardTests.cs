using System.Text.Json;
using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class DataCardTests
{
    [Fact]
    public void Of_ClassesAndSplits_CountsEveryCellAndTheBalance()
    {
        DatasetManifest manifest = Manifest(["a", "b", "c"], [.. Many(6, 0, Split.Train), .. Many(2, 1, Split.Train), .. Many(1, 1, Split.Validation), .. Many(2, 2, Split.Test)]);

        DataCard card = DataCard.Of(manifest);

        Assert.Equal([new ClassFigures("a", 6, 0, 0), new ClassFigures("b", 2, 1, 0), new ClassFigures("c", 0, 0, 2)], card.Classes);
        Assert.Equal(new ClassFigures("", 8, 1, 2), card.Splits);
        Assert.Equal((6, 0), (card.Balance!.Largest, card.Balance.Smallest));
        Assert.Null(card.Balance.Ratio);
        // Shares 3/4 and 1/4: 4 / 3^(3/4) equally large classes.
        Assert.Equal(4 / Math.Pow(3, 0.75), card.Balance.EffectiveClasses, 1e-12);
    }

    [Fact]
    public void Of_EquallyLargeClasses_AllCount()
    {
        DataCard card = DataCard.Of(Manifest(["a", "b", "c"], [.. Many(4, 0), .. Many(4, 1), .. Many(4, 2)]));

        Assert.Equal(3, card.Balance!.EffectiveClasses, 1e-12);
        Assert.Equal(1, card.Balance.Ratio);
    }

    [Fact]
    public void Of_LengthsAndRates_MeasuresSecondsWhereThereIsARate()
    {
        Sample[] samples = [Make(0) with { Frames = 50, FrameRate = 25 }, Make(1) with { Frames = 30, FrameRate = 30 }, Make(0) with { Frames = 7, FrameRate = 0 }];

        DataCard card = DataCard.Of(Manifest(["a", "b"], samples));

        Assert.Equal(3, card.TotalSeconds, 1e-12);
        Assert.Equal((1, 2), (card.Seconds!.Minimum, card.Seconds.Maximum));
        Assert.Equal((7, 50, 29, 30), (card.Frames.Minimum, card.Frames.Maximum, card.Frames.Mean, card.Frames.Median));
        Assert.Equal([new Bar("pictures", 1), new Bar("25", 1), new Bar("30", 1)], card.FrameRates);
    }

    [Fact]
    public void Of_Colours_PoolsThemAsIfAllPixelsWereTogether()
    {
        var random = new Random(3);
        double[][] pixels = [.. Enumerable.Range(0, 5).Select(i => Enumerable.Range(0, 400).Select(_ => random.NextDouble() * (i + 1) / 5).ToArray())];
        Sample[] samples = [.. pixels.Select(p => Make(0) with { Colors = new ColorStatistics([p.Average(), 0, 1], [Deviation(p), 0, 0]) }), Make(1)];

        PooledColors colors = DataCard.Of(Manifest(["a", "b"], samples)).Colors!;

        double[] all = [.. pixels.SelectMany(p => p)];
        Assert.Equal(all.Average(), colors.Mean[0], 1e-12);
        Assert.Equal(Deviation(all), colors.Deviation[0], 1e-12);
        Assert.Equal((0, 1, 5), (colors.Deviation[2], colors.Mean[2], colors.Samples));
    }

    [Fact]
    public void Of_NoColours_SaysSo() => Assert.Null(DataCard.Of(Manifest(["a", "b"], [Make(0)])).Colors);

    [Fact]
    public void Of_CaptionsOnly_CountsWordsAndNoClasses()
    {
        Sample[] samples =
        [
            Make(-1) with { Frames = 1, Captions = ["A dog runs.", "the Dog's ball, runs!"] },
            Make(-1) with { Frames = 1, Captions = ["a cat"] },
            Make(-1) with { Frames = 1 },
        ];

        DataCard card = DataCard.Of(Manifest([], samples));

        Assert.Equal(DatasetTask.ImageCaptioning, card.Task);
        Assert.Empty(card.Classes);
        Assert.Null(card.Balance);
        // a, dog, runs, the, dog's, ball, cat
        Assert.Equal((3, 7, 1), (card.Captions!.Sentences, card.Captions.Vocabulary, card.Captions.WithoutSentence));
        Assert.Equal(3, card.Captions.Words.Mean);
        Assert.Equal((0, 2, 1), (card.Captions.PerSample.Minimum, card.Captions.PerSample.Maximum, card.Captions.PerSample.Mean));
    }

    [Fact]
    public void Of_SameFile_CountsOnlyEqualCutsAsIdentical()
    {
        Sample cut = Make(0) with { Sha256 = "x", Start = 0, End = 1 };

        DataCard card = DataCard.Of(Manifest(["a", "b"], [cut, cut with { Label = 1 }, cut with { Start = 1, End = 2 }, Make(1) with { Group = "g1" }, Make(1) with { Group = "g1" }]));

        Assert.Equal((1, 1), (card.IdenticalSamples, card.Groups));
    }

    [Fact]
    public void Of_Problems_AreCountedByKind()
    {
        SampleProblem[] problems = [new("a/1.mp4", "a/1.mp4 is cut off after 12 frames."), new("b/2.mp4", "b/2.mp4 is cut off after 3 frames."), new("c.txt", "c.txt is no video.")];

        DataCard card = DataCard.Of(Manifest(["a", "b"], [Make(0)]) with { Problems = problems });

        Assert.Equal([new Bar("… is cut off after N frames.", 2), new Bar("… is no video.", 1)], card.Failures);
    }

    [Theory]
    [InlineData(320, 240, "4:3")]
    [InlineData(1920, 1080, "16:9")]
    [InlineData(1080, 1920, "9:16")]
    [InlineData(80, 80, "1:1")]
    [InlineData(500, 160, "3.1:1")]
    public void AspectRatio_Name_IsTheOneThatPeopleUse(int width, int height, string name) => Assert.Equal(name, AspectRatio.Name(width, height));

    [Fact]
    public void Of_StoredAsJson_ComesBackEqual()
    {
        DataCard card = DataCard.Of(Manifest(["a", "b"], [.. Many(3, 0), Make(1) with { Captions = ["one two"], Colors = new ColorStatistics([0, 0.5, 1], [0.1, 0.2, 0.3]) }]));

        string json = JsonSerializer.Serialize(card, LabJson.Options);

        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<DataCard>(json, LabJson.Options), LabJson.Options));
    }

    private static double Deviation(double[] values) => Math.Sqrt(values.Average(v => (v - values.Average()) * (v - values.Average())));

    private static IEnumerable<Sample> Many(int count, int label, Split split = Split.Train) => Enumerable.Range(0, count).Select(_ => Make(label, split));

    private static Sample Make(int label, Split split = Split.Train) => new()
    {
        Path = Guid.CreateVersion7().ToString(),
        Sha256 = Guid.CreateVersion7().ToString(),
        Label = label,
        Split = split,
        Frames = 10,
        FrameRate = 10,
        Width = 32,
        Height = 24,
    };

    private static DatasetManifest Manifest(string[] classes, Sample[] samples) => new() { Name = "n", Layout = LayoutNames.Folders, Root = "/", Classes = classes, Samples = samples };
}
