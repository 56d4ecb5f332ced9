using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class ManifestDiffTests
{
    private static readonly DatasetManifest Parent = TestManifest.Create();

    [Fact]
    public void Of_TheSame_IsEmpty() => Assert.True(ManifestDiff.Of(Parent, Parent with { Changes = ["nothing"] }).IsEmpty);

    [Fact]
    public void Of_EveryKindOfChange_NamesEach()
    {
        DatasetManifest child = DatasetEditor.Apply(Parent, [new RenameClass("left", "west"), new DropSamples([0]), new RelabelSamples([6], "up"), new MoveSamples([7, 8], Split.Test), new KeepUnmirrored(["west"])]).Manifest!;
        child = child with { Samples = [.. child.Samples, TestManifest.Sample("up/new.avi", 2, Split.Train)] };

        ManifestDiff diff = ManifestDiff.Of(Parent, child, first: 1);

        Assert.Equal([new ClassChange("left", "west")], diff.ClassesRenamed);
        Assert.Empty(diff.ClassesAdded);
        Assert.Empty(diff.ClassesRemoved);
        Assert.Equal(["west"], diff.UnmirroredAdded);
        Assert.Equal([new SampleChange("left/0.avi", null, null, 0, "left", "")], diff.Dropped.First);
        Assert.Equal([new SampleChange("up/new.avi", null, null, 17, "", "up")], diff.Added.First);
        Assert.Equal([new SampleChange("right/0.avi", null, null, 5, "right", "up")], diff.Relabelled.First);
        Assert.Equal(2, diff.Moved.Count);
        Assert.Equal([new SampleChange("right/1.avi", null, null, 6, "train", "test")], diff.Moved.First);
        Assert.Equal(0, diff.Rewritten.Count);
    }

    [Fact]
    public void Of_AMerge_RemovesAndRelabels()
    {
        ManifestDiff diff = ManifestDiff.Of(Parent, DatasetEditor.Apply(Parent, [new MergeClasses(["left", "right"], "aside")]).Manifest!);

        Assert.Equal(["left", "right"], diff.ClassesRemoved);
        Assert.Equal(["aside"], diff.ClassesAdded);
        Assert.Empty(diff.ClassesRenamed);
        Assert.Equal(12, diff.Relabelled.Count);
    }

    [Fact]
    public void Of_PartsOfOneFile_TellsThemApart()
    {
        Sample a = TestManifest.Sample("film.mp4", 0, Split.Train) with { Start = 0, End = 1 }, b = a with { Start = 1, End = 2, Label = 1 };
        DatasetManifest parent = TestManifest.Of(["x", "y"], [a, b]), child = TestManifest.Of(["x", "y"], [b with { Split = Split.Test }, a with { Sha256 = "other" }]);

        ManifestDiff diff = ManifestDiff.Of(parent, child);

        Assert.Equal([new SampleChange("film.mp4", 1, 2, 0, "train", "test")], diff.Moved.First);
        Assert.Equal([1], diff.Rewritten.First.Select(r => r.Index));
        Assert.Equal(0, diff.Added.Count + diff.Dropped.Count + diff.Relabelled.Count);
    }
}
