using System.Text.Json;
using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class DatasetManifestTests
{
    private static readonly Sample First = new()
    {
        Path = "left/a.avi",
        Label = 0,
        Split = Split.Train,
        Start = 0.5,
        End = 1.5,
        Frames = 25,
        FrameRate = 25,
        Width = 64,
        Height = 48,
        Sha256 = new string('1', 64),
        Captions = ["a sneaker slides to the left"],
    };

    private static readonly Sample Second = First with { Path = "right/b.avi", Label = 1, Split = Split.Validation, Start = null, End = null, Sha256 = new string('2', 64) };

    private static readonly DatasetManifest Manifest = new() { Name = "garments", Layout = "csv", Root = "/data/garments", Classes = ["left", "right"], Samples = [First, Second] };

    public static TheoryData<string> Noticed => [.. Changes.Keys];

    private static Dictionary<string, DatasetManifest> Changes { get; } = new()
    {
        ["class renamed"] = Manifest with { Classes = ["left", "up"] },
        ["classes in another order"] = Manifest with { Classes = ["right", "left"] },
        ["class added"] = Manifest with { Classes = ["left", "right", "up"] },
        ["two classes joined by a line break"] = Manifest with { Classes = ["left\nright"] },
        ["content"] = With(First with { Sha256 = new string('3', 64) }),
        ["path"] = With(First with { Path = "left/c.avi" }),
        ["label"] = With(First with { Label = 1 }),
        ["split"] = With(First with { Split = Split.Test }),
        ["start"] = With(First with { Start = 0.6 }),
        ["no start"] = With(First with { Start = null }),
        ["end"] = With(First with { End = 1.6 }),
        ["caption"] = With(First with { Captions = ["a boot slides to the left"] }),
        ["caption added"] = With(First with { Captions = [.. First.Captions, "another"] }),
        ["sample removed"] = Manifest with { Samples = [First] },
        ["sample added"] = Manifest with { Samples = [First, Second, Second] },
        ["samples in another order"] = Manifest with { Samples = [Second, First] },
    };

    [Theory]
    [MemberData(nameof(Noticed))]
    public void Hash_ChangesWithWhatARunCanNotice(string change) => Assert.NotEqual(Manifest.Hash(), Changes[change].Hash());

    [Fact]
    public void Hash_OfDifferentChanges_IsDifferent() => Assert.Equal(Changes.Count, Changes.Values.Select(m => m.Hash()).Distinct().Count());

    [Fact]
    public void Hash_IsTheSameForWhatARunCannotNotice()
    {
        DatasetManifest other = Manifest with
        {
            Name = "other",
            Root = "/elsewhere",
            Layout = "folder-per-class",
            Licence = "MIT",
            CreatedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            Problems = [new SampleProblem("x.avi", "broken")],
        };

        Assert.Equal(Manifest.Hash(), other.Hash());
        Assert.Matches("^[0-9a-f]{64}$", Manifest.Hash());
    }

    [Fact]
    public void Hash_AfterAJourneyThroughJson_IsTheSame()
    {
        string json = JsonSerializer.Serialize(Manifest, LabJson.Indented);

        Assert.Equal(Manifest.Hash(), JsonSerializer.Deserialize<DatasetManifest>(json, LabJson.Options)!.Hash());
    }

    private static DatasetManifest With(Sample first) => Manifest with { Samples = [first, Second] };
}
