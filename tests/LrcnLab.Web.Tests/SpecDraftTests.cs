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
