using CsCheck;
using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class DatasetEditorTests
{
    private static readonly DatasetManifest Manifest = TestManifest.Create() with { Unmirrored = [0, 1] };

    public static TheoryData<string> Refused => [.. Refusals.Keys];

    /// <summary>What the refusal must name, and the edits.</summary>
    private static Dictionary<string, DatasetEdit[]> Refusals { get; } = new()
    {
        ["no class \"down\": the classes are \"left\", \"right\", \"up\""] = [new RenameClass("down", "below")],
        ["there is a class of that name"] = [new RenameClass("left", "right")],
        ["needs a name of 1 to 200 characters"] = [new RenameClass("left", "  ")],
        ["has 201 characters: at most 200"] = [new RenameClass("left", new string('x', 201))],
        ["control characters"] = [new RenameClass("left", "a\nb")],
        ["needs at least two classes, and only \"left\" was named"] = [new MergeClasses(["left"], "west")],
        ["would leave only the class \"move\""] = [new MergeClasses(["left", "right", "up"], "move")],
        ["no class \"side\""] = [new MergeClasses(["left", "side"], "left")],
        ["no class \"down\""] = [new RelabelSamples([0], "down")],
        ["There is no sample 18: this version has the samples 0 to 17"] = [new RelabelSamples([0, 18], "up")],
        ["There is no sample -1"] = [new MoveSamples([-1], Split.Test)],
        ["There is no split 7: allowed are train, validation and test"] = [new MoveSamples([0], (Split)7)],
        ["No sample was named"] = [new DropSamples([])],
        ["Sample 3 (left/3.avi) is dropped by an earlier edit"] = [new DropSamples([3]), new MoveSamples([3], Split.Test)],
        ["No training sample would be left"] = [new MoveSamples([.. Enumerable.Range(0, 18)], Split.Test)],
        ["no class would be left"] = [new DropSamples([.. Enumerable.Range(0, 18)])],
        ["Only the class \"left\" would be left"] = [new DropSamples([.. Enumerable.Range(6, 12)])],
        ["validation cannot be 1.5: allowed is 0 to 0.9"] = [new Resplit(1.5, 0, 1)],
        ["test cannot be NaN"] = [new Resplit(0.2, double.NaN, 1)],
        ["together at most 0.95"] = [new Resplit(0.5, 0.5, 1)],
        ["no class \"down\": "] = [new KeepUnmirrored(["down"])],
        ["changes nothing"] = [new MoveSamples([0], Split.Train), new RenameClass("up", "up")],
        ["nothing to change"] = [],
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Edit_ThatCannotBeMade_IsRefusedInWordsThatNameIt(string words)
    {
        EditOutcome outcome = DatasetEditor.Apply(Manifest, Refusals[words]);

        Assert.Null(outcome.Manifest);
        Assert.Contains(words, outcome.Refusal, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Rename_KeepsLabelsAndSaysSo()
    {
        DatasetManifest edited = Edit(new RenameClass("left", " west "));

        Assert.Equal(["west", "right", "up"], edited.Classes);
        Assert.Equal(["The class \"left\" is called \"west\"."], edited.Changes);
        Assert.Equal(Manifest.Samples, edited.Samples);
        Assert.Equal(Manifest.Hash(), edited.Parent);
    }

    [Theory]
    [InlineData("left", "left,up")]
    [InlineData("right", "right,up")]
    [InlineData("aside", "aside,up")]
    public void Merge_MovesLabelsAndWhatMustNotBeMirrored(string into, string classes)
    {
        DatasetManifest edited = Edit(new MergeClasses(["left", "right"], into));

        Assert.Equal(classes.Split(','), edited.Classes);
        Assert.Equal((12, 6), (edited.Samples.Count(s => s.Label == 0), edited.Samples.Count(s => s.Label == 1)));
        Assert.All(edited.Samples.Where(s => s.Label == 1), s => Assert.StartsWith("up/", s.Path, StringComparison.Ordinal));
        Assert.Equal([0], edited.Unmirrored);
        Assert.Contains("12 samples in all", edited.Changes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Relabel_Move_AndDrop_NameTheSamplesOfTheVersionThatIsEdited()
    {
        EditOutcome outcome = DatasetEditor.Apply(Manifest, [new DropSamples([0, 1]), new RelabelSamples([2, 6], "up"), new MoveSamples([17], Split.Train)]);

        DatasetManifest edited = outcome.Manifest!;
        Assert.Equal(Enumerable.Range(2, 16), outcome.Origins);
        Assert.Equal(("left/2.avi", 2), (edited.Samples[0].Path, edited.Samples[0].Label));
        Assert.Equal(("right/0.avi", 2), (edited.Samples[4].Path, edited.Samples[4].Label));
        Assert.Equal(("up/5.avi", Split.Train), (edited.Samples[15].Path, edited.Samples[15].Split));
        Assert.Equal(["2 samples dropped: left/0.avi, left/1.avi.", "2 samples became \"up\": left/2.avi, right/0.avi.", "1 sample moved to train: up/5.avi."], edited.Changes);
    }

    [Fact]
    public void Class_ThatLosesItsLastSample_GoesAndTheOthersKeepTheirs()
    {
        DatasetManifest edited = Edit(new RelabelSamples([.. Enumerable.Range(0, 6)], "up"));

        Assert.Equal(["right", "up"], edited.Classes);
        Assert.Equal([0], edited.Unmirrored);
        Assert.Contains("The class \"left\" has no sample any more and is gone.", edited.Changes);
        Assert.All(edited.Samples.Where(s => s.Path.StartsWith("right", StringComparison.Ordinal)), s => Assert.Equal(0, s.Label));
    }

    [Fact]
    public void Resplit_IsDrawnByClassAndTheSameForTheSameSeed()
    {
        DatasetManifest once = Edit(new Resplit(1 / 3.0, 0, 7)), again = Edit(new Resplit(1 / 3.0, 0, 7));

        Assert.Equal(once.Hash(), again.Hash());
        Assert.All(Enumerable.Range(0, 3), label => Assert.Equal(2, once.Samples.Count(s => s.Label == label && s.Split == Split.Validation)));
        Assert.Contains("33.33% validation, 0% test, seed 7: 12 train, 6 validation, 0 test", once.Changes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void KeepUnmirrored_ReplacesTheList()
    {
        Assert.Equal([2], Edit(new KeepUnmirrored(["up"])).Unmirrored);
        Assert.Equal("Every class may be mirrored.", Assert.Single(Edit(new KeepUnmirrored([])).Changes));
    }

    [Fact]
    public void AnyEdits_KeepTheManifestSoundAndTheOldOneAsItWas()
    {
        string before = Manifest.Hash();
        Gen<DatasetEdit[]> edits = Gen.OneOf(
            Gen.Select(Any("left", "right", "up", "x"), Any("x", "y", "left"), (from, to) => (DatasetEdit)new RenameClass(from, to)),
            Gen.Select(Any("left", "right", "up", "x").Array[1, 3], Any("x", "up", "y"), (from, to) => (DatasetEdit)new MergeClasses(from, to)),
            Gen.Select(Gen.Int[0, 18].Array[1, 6], Any("left", "up", "x"), (samples, to) => (DatasetEdit)new RelabelSamples(samples, to)),
            Gen.Select(Gen.Int[0, 17].Array[1, 6], Any(Enum.GetValues<Split>()), (samples, to) => (DatasetEdit)new MoveSamples(samples, to)),
            Gen.Int[0, 17].Array[1, 6].Select(samples => (DatasetEdit)new DropSamples(samples)),
            Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, 9], (v, t, seed) => (DatasetEdit)new Resplit(v, t, seed)),
            Any("left", "right", "x").Array[0, 2].Select(classes => (DatasetEdit)new KeepUnmirrored(classes))).Array[1, 5];
        int made = 0;
        edits.Sample(sequence =>
        {
            EditOutcome outcome = DatasetEditor.Apply(Manifest, sequence);
            Assert.Equal(before, Manifest.Hash());
            if (outcome.Manifest is not { } edited)
            {
                Assert.False(string.IsNullOrEmpty(outcome.Refusal));
                return;
            }

            Interlocked.Increment(ref made);
            Assert.NotEqual(before, edited.Hash());
            Assert.NotEmpty(edited.Changes);
            Assert.Equal(edited.Classes.Count, edited.Classes.Distinct().Count());
            Assert.True(edited.Classes.Count >= 2);
            Assert.All(edited.Samples, s => Assert.InRange(s.Label, 0, edited.Classes.Count - 1));
            Assert.All(edited.Unmirrored, label => Assert.InRange(label, 0, edited.Classes.Count - 1));
            Assert.Equal(edited.Unmirrored.Distinct().Order(), edited.Unmirrored);
            Assert.Contains(edited.Samples, s => s.Split == Split.Train);
            Assert.Equal(edited.Samples.Select(s => s.Path), outcome.Origins.Select(i => Manifest.Samples[i].Path));
        }, iter: 2000);
        Assert.True(made > 100, $"Only {made} sequences made a version.");
    }

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static DatasetManifest Edit(DatasetEdit edit)
    {
        EditOutcome outcome = DatasetEditor.Apply(Manifest, [edit]);
        Assert.Null(outcome.Refusal);
        return outcome.Manifest!;
    }
}
