using Bunit;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Web.Components.Charts;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Features.Runs.Form;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class ComponentTests : BunitContext
{
    [Fact]
    public void FieldInput_ShowsDeclarationAndExplainsWrongValue()
    {
        var draft = new SpecDraft(Presets.QuickStart.Spec);
        SpecField hidden = SpecField.All.Single(f => f.Name == "model").Children.Single(f => f.Name == "sequence").Children.Single(f => f.Name == "hidden");

        var field = Render<FieldInput>(p => p.Add(f => f.Draft, draft).Add(f => f.Field, hidden).Add(f => f.Path, "model.sequence.hidden"));

        Assert.Contains("Hidden units", field.Find("label").TextContent, StringComparison.Ordinal);
        Assert.Contains("units", field.Find("label .muted").TextContent, StringComparison.Ordinal);
        Assert.Contains("From 1 to 4096. Default 256.", field.Find(".help").TextContent, StringComparison.Ordinal);
        field.Find("input").Input("99999");
        Assert.Equal("true", field.Find("input").GetAttribute("aria-invalid"));
        Assert.Contains("from 1 to 4096", field.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        field.Find("input").Input("64");
        Assert.Empty(field.FindAll("[role=alert]"));
        Assert.Equal(64, draft.Result.Spec!.Model.Sequence.Hidden);
    }

    [Fact]
    public void FieldSection_EveryDeclaredField_HasInputAndHelp()
    {
        var draft = new SpecDraft(Presets.KerasPost.Spec);
        foreach (SpecField section in SpecField.All)
        {
            var form = Render<FieldSection>(p => p.Add(f => f.Draft, draft).Add(f => f.Fields, section.Children).Add(f => f.Prefix, section.Name).Add(f => f.ShowAdvanced, true));
            foreach (SpecField field in section.Children.Where(f => f.Kind is not FieldKind.Section and not FieldKind.List))
                Assert.Contains(form.FindAll(".field"), f => f.QuerySelector("label")!.TextContent.Contains(field.Label, StringComparison.Ordinal) && f.QuerySelector(".help")!.TextContent.Contains(field.Help, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void ModelSummary_SeedModel_ShowsBothWaysOfCounting()
    {
        var card = Render<ModelSummaryCard>(p => p.Add(c => c.Spec, Presets.KerasPost.Spec).Add(c => c.Classes, 101));

        Assert.Contains("4,377,733", card.Markup, StringComparison.Ordinal);
        Assert.Contains("4,375,685 as Keras counts", card.Markup, StringComparison.Ordinal);
        Assert.Contains("6.08 GFLOP", card.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelSummary_OfAFrozenBackbone_SaysWhetherItsFeaturesAreKept()
    {
        RunSpec frozen = Presets.Find("five-features-lstm")!.Spec, mirrored = frozen with { Augmentation = new AugmentationSpec { HorizontalFlip = true } };
        string Note(RunSpec spec) => Render<ModelSummaryCard>(p => p.Add(c => c.Spec, spec).Add(c => c.Classes, 101)).FindAll("[data-testid=kept-features]").SingleOrDefault()?.TextContent ?? "";

        Assert.Contains("computed once and kept: 2,048 values of each frame", Note(frozen), StringComparison.Ordinal);
        Assert.Contains("augmentation.horizontalFlip changes frames by chance", Note(mirrored), StringComparison.Ordinal);
        Assert.Equal("", Note(Presets.KerasPost.Spec));
    }

    [Fact]
    public async Task NotesEditor_ShowsWhatWasSaved_BeforeItsOwnerHandsItOn()
    {
        var editor = Render<NotesEditor>(p => p.Add(n => n.Id, "notes").Add(n => n.Title, "Notes").Add(n => n.Label, "In Markdown").Add(n => n.Notes, "")
            .Add(n => n.Save, text => Task.FromResult(text == "bad" ? "too bad to keep" : null)));

        await editor.Find("button").ClickAsync();
        await editor.Find("textarea").InputAsync("bad");
        await editor.Find("button.primary").ClickAsync();
        Assert.Equal("too bad to keep", editor.Find("[role=alert]").TextContent);
        await editor.Find("textarea").InputAsync(" **good** ");
        await editor.Find("button.primary").ClickAsync();

        Assert.Equal("good", editor.Find(".notes strong").TextContent);
        await editor.Find("button").ClickAsync();
        Assert.Equal("**good**", editor.Find("textarea").GetAttribute("value"));
        await editor.FindAll("button")[1].ClickAsync();
        editor.Render(p => p.Add(n => n.Notes, "of another"));
        Assert.Equal("of another", editor.Find(".notes").TextContent.Trim());
    }

    [Fact]
    public void LineChart_NewRevision_OnlyAsksForMorePoints()
    {
        var module = JSInterop.SetupModule("./js/line-chart.js");
        module.SetupVoid("create", _ => true).SetVoidResult();
        module.SetupVoid("refresh", _ => true).SetVoidResult();
        module.SetupVoid("update", _ => true).SetVoidResult();
        ChartSeries[] series = [new("train/loss", "/api/v1/runs/x/metrics?key=train%2Floss", "#123456")];

        var chart = Render<LineChart>(p => p.Add(c => c.Title, "Loss").Add(c => c.Series, series).Add(c => c.Revision, 1));
        chart.Render(p => p.Add(c => c.Revision, 2));
        chart.Render(p => p.Add(c => c.Revision, 2));
        chart.Render(p => p.Add(c => c.LogY, true));

        Assert.Equal(["create", "refresh", "update"], module.Invocations.Select(i => i.Identifier));
    }

    [Theory]
    [InlineData(RunState.Running)]
    [InlineData(RunState.Interrupted)]
    [InlineData(RunState.Completed)]
    public void StateChip_SaysTheState_InWordAndShape(RunState state)
    {
        var chip = Render<StateChip>(p => p.Add(c => c.State, state));

        Assert.Contains(state.Word(), chip.Find(".state").TextContent, StringComparison.Ordinal);
        Assert.NotNull(chip.Find("svg path"));
    }

    [Fact]
    public void ConfusionMatrix_HostileClassName_IsText()
    {
        var matrix = Render<ConfusionMatrixView>(p => p.Add(m => m.Classes, ["<script>alert(1)</script>", "b"]).Add(m => m.Counts, [[3, 1], [0, 4]]));

        Assert.Empty(matrix.FindAll("script"));
        Assert.Contains("75.0 %", matrix.Markup, StringComparison.Ordinal);
    }
}
