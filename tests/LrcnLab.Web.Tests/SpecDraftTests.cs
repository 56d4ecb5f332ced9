using System.Text.Json.Nodes;
using LrcnLab.Core.Specs;
using LrcnLab.Web.Features.Runs.Form;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class SpecDraftTests
{
    [Fact]
    public void SetTyped_NotANumber_KeepsTextAndSaysWhatIsAllowed()
    {
        var draft = new SpecDraft(Presets.QuickStart.Spec);
        SpecField epochs = Field("training", "epochs");

        draft.SetTyped("training.epochs", epochs, "2o");

        Assert.Equal("2o", draft.Get("training.epochs")!.ToString());
        Assert.False(draft.Result.IsValid);
        Assert.Contains("\"2o\" is not allowed here", draft.ProblemAt("training.epochs"), StringComparison.Ordinal);
        Assert.Equal(Presets.QuickStart.Spec.Training.Epochs, draft.LastValid!.Training.Epochs);

        draft.SetTyped("training.epochs", epochs, " 20 ");
        Assert.True(draft.Result.IsValid);
        Assert.Equal(20, draft.Result.Spec!.Training.Epochs);
    }

    [Fact]
    public void SeveralNumbers_MakeAGrid_ThatTextKeepsAndOneNumberEnds()
    {
        var draft = new SpecDraft(Presets.QuickStart.Spec);
        draft.SetTyped("optimizer.learningRate", Field("optimizer", "learningRate"), "0.1, 0.01,");
        draft.SetTyped("training.seed", Field("training", "seed"), "1,2,3");
        draft.Vary("model.sequence.kind", [JsonValue.Create("lstm"), JsonValue.Create("gru")]);
        Assert.Equal(12, draft.Cells.Count);
        Assert.True(draft.Result.IsValid);
        Assert.Equal(0.1, draft.LastValid!.Optimizer.LearningRate);

        foreach (bool json in (bool[])[true, false])
        {
            var again = new SpecDraft(new RunSpec());
            Assert.Empty(again.ReplaceText(draft.ToText(json)));
            Assert.Equal(draft.Cells.Select(c => c.Result.Spec).Select(s => SpecText.ToJson(s!)).Order(StringComparer.Ordinal), again.Cells.Select(c => SpecText.ToJson(c.Result.Spec!)).Order(StringComparer.Ordinal));
            Assert.Equal(draft.ToText(json), again.ToText(json));
        }

        draft.SetTyped("training.seed", Field("training", "seed"), "1, -2");
        Assert.Contains("-2", draft.ProblemAt("training.seed"), StringComparison.Ordinal);
        Assert.Contains("-2", draft.ToText(json: false), StringComparison.Ordinal);
        draft.SetTyped("training.seed", Field("training", "seed"), "5");
        Assert.Equal(4, draft.Cells.Count);
        draft.SetTyped("training.epochs", Field("training", "epochs"), string.Join(',', Enumerable.Range(1, 60)));
        Assert.Empty(draft.Cells);
        Assert.Contains("240 runs: at most 200", draft.ProblemAt("training.epochs"), StringComparison.Ordinal);
        draft.SetTyped("training.epochs", Field("training", "epochs"), " , ");
        Assert.NotNull(draft.ProblemAt("training.epochs"));
        draft.Replace(Presets.QuickStart.Spec);
        Assert.Empty(draft.Axes);
    }

    [Fact]
    public void FieldsOfItemsOfLists_CannotVary()
    {
        var draft = new SpecDraft(Presets.QuickStart.Spec);
        draft.SetTyped("model.backbone.convolutions[0].filters", Field("model", "backbone", "convolutions", "filters"), "8, 16");

        Assert.Empty(draft.Axes);
        Assert.False(draft.Result.IsValid);
    }

    [Fact]
    public void Lists_CopyMoveRemove_ChangeTheSpecification()
    {
        var draft = new SpecDraft(Presets.QuickStart.Spec);
        const string list = "model.backbone.convolutions";

        draft.InsertCopy(list, 0);
        Assert.Equal([16, 16, 32, 64], Filters(draft));
        draft.Move(list, 3, -1);
        Assert.Equal([16, 16, 64, 32], Filters(draft));
        draft.Remove(list, 0);
        Assert.Equal([16, 64, 32], Filters(draft));
        draft.SetTyped($"{list}[1].filters", Field("model", "backbone", "convolutions", "filters"), "48");
        Assert.Equal([16, 48, 32], Filters(draft));
    }

    [Fact]
    public void ReplaceText_UnreadableText_ChangesNothing()
    {
        var draft = new SpecDraft(Presets.QuickStart.Spec);
        string before = draft.Document.ToJsonString();

        Assert.NotEmpty(draft.ReplaceText("training: [1, 2"));
        Assert.NotEmpty(draft.ReplaceText("training:\n  epochs: many"));
        Assert.Equal(before, draft.Document.ToJsonString());

        Assert.Empty(draft.ReplaceText("training:\n  epochs: 7"));
        Assert.Equal(7, draft.Result.Spec!.Training.Epochs);
    }

    private static int[] Filters(SpecDraft draft) => [.. draft.Get("model.backbone.convolutions")!.AsArray().Select(c => int.Parse(c!["filters"]!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture))];

    private static SpecField Field(params string[] path)
    {
        SpecField field = SpecField.All.Single(f => f.Name == path[0]);
        foreach (string name in path[1..])
            field = field.Children.Single(f => f.Name == name);
        return field;
    }
}
