using System.Text.Json.Nodes;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

public sealed class SpecGridTests
{
    [Fact]
    public void ListsInFieldsOfOneValue_AreAGrid_AndTheTextIsTheSameAgain()
    {
        const string text = "optimizer:\n  learningRate: [0.1, 0.01]\ntraining:\n  seed: [1, 2, 3]\nmodel:\n  sequence:\n    kind: [lstm, gru]\n";
        JsonObject tree = SpecText.ParseTree(text).Tree!.AsObject();

        IReadOnlyList<GridAxis> axes = SpecGrid.TakeFrom(tree);
        Assert.Equal(["model.sequence.kind", "optimizer.learningRate", "training.seed"], axes.Select(a => a.Path));
        Assert.Equal(12, SpecGrid.Count(axes));

        IReadOnlyList<GridCell> cells = SpecGrid.Cells(tree, axes);
        Assert.Equal(12, cells.Select(c => c.Suffix).Distinct().Count());
        Assert.Equal("kind=lstm learningRate=0.1 seed=1", cells[0].Suffix);
        Assert.Equal(("kind=gru learningRate=0.01 seed=3", 0.01, 3, SequenceKind.Gru), (cells[^1].Suffix, cells[^1].Result.Spec!.Optimizer.LearningRate, cells[^1].Result.Spec!.Training.Seed, cells[^1].Result.Spec!.Model.Sequence.Kind));

        JsonObject again = SpecText.ParseTree(SpecText.Write(SpecGrid.Put(tree, axes), json: false)).Tree!.AsObject();
        Assert.Equal(SpecGrid.Put(tree, axes).ToJsonString(), again.ToJsonString());
        Assert.Equal(axes.Select(a => a.Values.Count), SpecGrid.TakeFrom(again).Select(a => a.Values.Count));
    }

    [Fact]
    public void ListsThatAreLists_StayLists()
    {
        JsonObject tree = SpecWriter.Write(Presets.QuickStart.Spec);
        string before = tree.ToJsonString();

        Assert.Empty(SpecGrid.TakeFrom(tree));
        Assert.Equal(before, tree.ToJsonString());
        Assert.Single(SpecGrid.Cells(tree, []));
    }

    [Fact]
    public void WrongValue_IsSaidOfItsRunOnly()
    {
        JsonObject tree = SpecWriter.Write(Presets.QuickStart.Spec);
        IReadOnlyList<GridCell> cells = SpecGrid.Cells(tree, [new GridAxis("training.batchSize", [JsonValue.Create(4), JsonValue.Create(-1)])]);

        Assert.Empty(cells[0].Result.Problems);
        Assert.Equal("training.batchSize", Assert.Single(cells[1].Result.Problems).Path);
    }

    [Fact]
    public void TooManyRuns_AreCountedButNotMade()
    {
        JsonNode?[] hundred = [.. Enumerable.Range(1, 100).Select(i => (JsonNode?)JsonValue.Create(i))];
        GridAxis[] axes = [new("training.seed", hundred), new("training.epochs", hundred), new("training.batchSize", hundred)];

        Assert.Equal(1_000_000, SpecGrid.Count(axes));
        Assert.Throws<ArgumentException>(() => SpecGrid.Cells(SpecWriter.Write(Presets.QuickStart.Spec), axes));
    }
}
