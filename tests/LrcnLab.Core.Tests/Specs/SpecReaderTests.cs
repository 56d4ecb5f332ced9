using System.Text.Json.Nodes;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

/// <summary>Every declared field with values below, above and beside what it allows.</summary>
public sealed class SpecReaderTests
{
    public static TheoryData<string> LeafPaths => [.. Declared().Where(f => f.Kind is not FieldKind.Section).Select(f => f.Path)];

    public static TheoryData<string> NumberPaths => [.. Declared().Where(f => f.Kind is FieldKind.Integer or FieldKind.Number).Select(f => f.Path)];

    public static TheoryData<string> SectionPaths => [.. Declared().Where(f => f.Kind is FieldKind.Section).Select(f => f.Path)];

    [Theory]
    [MemberData(nameof(NumberPaths))]
    public void Number_BelowItsMinimum_IsNamedWithValueAndRange(string path)
    {
        SpecField field = Find(path);
        double value = field.Kind == FieldKind.Integer ? field.Minimum - 1 : field.Minimum - 0.5;

        AssertOnlyProblem(field, JsonValue.Create(value), $"expected a {(field.Kind == FieldKind.Integer ? "whole number" : "number")} from ");
    }

    [Theory]
    [MemberData(nameof(NumberPaths))]
    public void Number_AboveItsMaximum_IsNamedWithValueAndRange(string path)
    {
        SpecField field = Find(path);
        AssertOnlyProblem(field, JsonValue.Create(field.Maximum + 1), field.Unit.Length == 0 ? "expected a " : $"({field.Unit})");
    }

    [Theory]
    [MemberData(nameof(NumberPaths))]
    public void Number_AtItsLimits_IsInRange(string path)
    {
        SpecField field = Find(path);

        // Rules between fields may still object, but not to the range.
        Assert.DoesNotContain(ReadWith(field, JsonValue.Create(field.Minimum)).Problems, p => p.Message.Contains("is not allowed here", StringComparison.Ordinal));
        Assert.DoesNotContain(ReadWith(field, JsonValue.Create(field.Maximum)).Problems, p => p.Message.Contains("is not allowed here", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(NumberPaths))]
    public void Number_ThatIsNoNumberOrNotWhole_IsRefused(string path)
    {
        SpecField field = Find(path);

        AssertOnlyProblem(field, JsonValue.Create("12"), "\"12\" is not allowed here");
        AssertOnlyProblem(field, JsonNode.Parse("1e400"), "1e400 is not allowed here");
        AssertOnlyProblem(field, JsonValue.Create(double.NaN), "NaN");
        AssertOnlyProblem(field, JsonValue.Create(double.PositiveInfinity), "Infinity");
        if (field.Kind == FieldKind.Integer)
            AssertOnlyProblem(field, JsonValue.Create(field.Minimum + 0.5), "expected a whole number");
    }

    [Theory]
    [MemberData(nameof(LeafPaths))]
    public void Field_OfTheWrongType_IsRefused(string path)
    {
        SpecField field = Find(path);
        JsonNode?[] wrong = [null, new JsonObject { ["x"] = 1 }, JsonValue.Create(field.Minimum < -7.25 ? -7e9 : -7.25), field.Kind == FieldKind.Flag ? "true" : JsonValue.Create(true), field.Kind is FieldKind.List or FieldKind.Integers ? "x" : new JsonArray(1)];
        foreach (JsonNode? value in wrong)
            AssertOnlyProblem(field, value, "is not allowed here: expected ");
    }

    [Theory]
    [MemberData(nameof(SectionPaths))]
    public void Section_ThatIsNone_NamesItsFields(string path)
    {
        SpecField field = Find(path);

        AssertOnlyProblem(field, JsonValue.Create(1), $"expected a section with the fields {field.Children[0].Name}");
        AssertOnlyProblem(field, null, "null is not allowed here");
    }

    [Theory]
    [MemberData(nameof(LeafPaths))]
    public void Name_MisspeltByOneLetter_IsRefusedWithASuggestion(string path)
    {
        SpecField field = Find(path);
        string misspelt = field.Name[..^1] + (field.Name[^1] == 'x' ? 'y' : 'x');
        SpecProblem problem = Assert.Single(ReadWith(field, JsonValue.Create(1), misspelt).Problems);

        Assert.Equal(Concrete(field)[..^field.Name.Length] + misspelt, problem.Path);
        Assert.Contains($"Did you mean \"{field.Name}\"?", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_LikeNoOther_GetsNoSuggestionButTheKnownNames()
    {
        SpecProblem problem = Assert.Single(SpecText.Parse("""{ "bananas": 1 }""").Problems);

        Assert.Equal("bananas", problem.Path);
        Assert.DoesNotContain("Did you mean", problem.Message, StringComparison.Ordinal);
        Assert.Contains("Known fields: data, augmentation, model,", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choice_WithAnUnknownWord_NamesTheAllowedOnes() =>
        Assert.Equal(
            "optimizer.kind: \"lion\" is not allowed here: expected one of adam, adam-w, sgd, rms-prop.",
            Assert.Single(SpecText.Parse("""{ "optimizer": { "kind": "lion" } }""").Problems).ToString());

    [Fact]
    public void Choice_ByNumber_IsRefused() => Assert.False(SpecText.Parse("""{ "optimizer": { "kind": 0 } }""").IsValid);

    [Fact]
    public void Text_EmptyTooLongOrBroken_IsRefused()
    {
        SpecField dataset = Find("data.dataset");

        AssertOnlyProblem(dataset, JsonValue.Create(""), "expected a text of 1 to 200 characters");
        AssertOnlyProblem(dataset, JsonValue.Create(new string('a', 201)), "expected a text of 1 to 200 characters");
        AssertOnlyProblem(dataset, JsonValue.Create("a\nb"), "expected a text");
        AssertOnlyProblem(dataset, JsonValue.Create("half a pair: \uD83D"), "expected a text");
    }

    [Fact]
    public void List_TooShortTooLongOrWithWrongItems_NamesListOrItem()
    {
        SpecField convolutions = Find("model.backbone.convolutions");

        AssertOnlyProblem(convolutions, new JsonArray(), "a list of 0 is not allowed here: expected a list of 1 to 32 items");
        AssertOnlyProblem(convolutions, new JsonArray([.. Enumerable.Range(0, 33).Select(_ => new JsonObject())]), "a list of 33");
        SpecResult items = ReadWith(convolutions, new JsonArray(new JsonObject(), 3, new JsonObject { ["kernel"] = 99 }));
        Assert.Equal(["model.backbone.convolutions[1]", "model.backbone.convolutions[2].kernel"], items.Problems.Select(p => p.Path));
    }

    [Fact]
    public void SeveralWrongFields_AreAllReportedAtOnce()
    {
        SpecResult result = SpecText.Parse("""
            {
              "data": { "clipLength": 0, "width": "wide" },
              "model": { "backbone": { "convolutions": [ {}, { "kernel": 16, "colour": 1 } ] }, "sequence": { "hidden": 12.5 } },
              "optimiser": {},
              "training": { "epochs": 1e9 }
            }
            """);

        Assert.Null(result.Spec);
        Assert.Equal(
            ["data.clipLength", "data.width", "model.backbone.convolutions[1].kernel", "model.backbone.convolutions[1].colour", "model.sequence.hidden", "optimiser", "training.epochs"],
            result.Problems.Select(p => p.Path));
    }

    [Fact]
    public void Problem_OfAWholeNumberRange_ShowsItInFull() =>
        Assert.Contains("from 0 to 2147483647.", Assert.Single(SpecText.Parse("""{ "training": { "seed": -1 } }""").Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void Problem_OfALongValue_IsCutWithoutBreakingACharacter()
    {
        string dataset = new string('a', 55) + string.Concat(Enumerable.Repeat("👗", 100));
        SpecProblem problem = Assert.Single(ReadWith(Find("data.dataset"), JsonValue.Create(dataset)).Problems);

        Assert.InRange(problem.Message.Length, 60, 140);
        Assert.DoesNotContain('\uFFFD', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(problem.Message)));
    }

    [Fact]
    public void Read_OfATreeWithANameTwice_NamesThePlace()
    {
        // A tree that was parsed elsewhere keeps both until somebody looks.
        SpecProblem problem = Assert.Single(SpecReader.Read(JsonNode.Parse("""{ "data": { "width": 1, "width": 2 } }""")).Problems);

        Assert.Equal("data", problem.Path);
        Assert.Contains("width", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OfASpecBuiltInCode_FindsWhatTextWouldNotAllow()
    {
        var spec = new RunSpec
        {
            Data = new DataSpec { Dataset = "", Color = (ColorMode)9 },
            Optimizer = new OptimizerSpec { LearningRate = double.NaN },
            Training = new TrainingSpec { GradientClip = double.PositiveInfinity },
        };

        Assert.Equal(["data.dataset", "data.color", "optimizer.learningRate", "training.gradientClip"], SpecReader.Validate(spec).Select(p => p.Path));
    }

    private static IEnumerable<SpecField> Declared() => Declared(SpecField.All);

    private static IEnumerable<SpecField> Declared(IReadOnlyList<SpecField> fields) => fields.SelectMany(f => Declared(f.Children).Prepend(f));

    private static SpecField Find(string path) => Declared().Single(f => f.Path == path);

    private static string Concrete(SpecField field) => field.Path.Replace("[]", "[0]", StringComparison.Ordinal);

    private static void AssertOnlyProblem(SpecField field, JsonNode? value, string expected)
    {
        SpecResult result = ReadWith(field, value);

        Assert.Null(result.Spec);
        SpecProblem problem = Assert.Single(result.Problems);
        Assert.Equal(Concrete(field), problem.Path);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>Reads the smallest tree in which <paramref name="field"/> (or another name in its place) has the value.</summary>
    private static SpecResult ReadWith(SpecField field, JsonNode? value, string? name = null)
    {
        string[] parts = field.Path.Split('.');
        JsonNode? node = new JsonObject { [name ?? field.Name] = value };
        foreach (string part in parts[..^1].Reverse())
            node = part.EndsWith("[]", StringComparison.Ordinal) ? new JsonObject { [part[..^2]] = new JsonArray(node) } : new JsonObject { [part] = node };
        return SpecReader.Read(node);
    }

    [Fact]
    public void Read_OverAPreset_ChangesOnlyWhatIsNamed()
    {
        var changes = JsonNode.Parse("""{ "training": { "epochs": 3 }, "model": { "sequence": { "hidden": 32 } } }""");

        RunSpec spec = SpecReader.Read(changes, Presets.QuickStart.Spec).Spec!;

        Assert.Equal(["model.sequence.hidden", "training.epochs"], SpecDiff.Between(Presets.QuickStart.Spec, spec).Select(d => d.Path).Order());
        Assert.Equal((3, 32), (spec.Training.Epochs, spec.Model.Sequence.Hidden));
    }

    [Fact]
    public void Read_OverAPreset_NamesEveryWrongField()
    {
        var changes = JsonNode.Parse("""{ "training": { "epochs": 0 }, "model": { "sequence": { "hiden": 32 } } }""");

        Assert.Equal(["model.sequence.hiden", "training.epochs"], SpecReader.Read(changes, Presets.QuickStart.Spec).Problems.Select(p => p.Path).Order());
    }

    [Fact]
    public void Integers_WithWrongItems_NameEach()
    {
        SpecResult result = SpecReader.Read(JsonNode.Parse("""{ "schedule": { "kind": "multi-step", "milestones": [30, "x", 0] } }"""));

        Assert.Equal(["schedule.milestones[1]", "schedule.milestones[2]"], result.Problems.Select(p => p.Path));
        Assert.Equal("schedule.milestones", Assert.Single(SpecReader.Read(JsonNode.Parse("""{ "schedule": { "kind": "multi-step", "milestones": [30, 20] } }""")).Problems).Path);
        Assert.Equal([30, 60], SpecReader.Read(JsonNode.Parse("""{ "schedule": { "kind": "multi-step", "milestones": [30, 60] } }""")).Spec!.Schedule.Milestones);
    }

    [Fact]
    public void Field_UnderItsFormerName_IsRead() =>
        Assert.Equal(33, SpecReader.Read(JsonNode.Parse("""{ "model": { "lstm": { "hidden": 33 } } }""")).Spec!.Model.Sequence.Hidden);

    [Theory]
    [InlineData("""{ "model": { "sequence": { "dropout": 0.5 } } }""", "model.sequence.dropout")]
    [InlineData("""{ "training": { "mixup": 0.2 }, "data": { "sampling": "variable" } }""", "training.mixup")]
    [InlineData("""{ "resources": { "recomputeFrames": 8 }, "model": { "backbone": { "normalization": "batch" } } }""", "resources.recomputeFrames")]
    [InlineData("""{ "resources": { "recomputeFrames": 8, "precision": "bfloat16" } }""", "resources.recomputeFrames")]
    public void Settings_ThatContradictEachOther_AreRefused(string json, string path) => Assert.Equal(path, Assert.Single(SpecReader.Read(JsonNode.Parse(json)).Problems).Path);
}
