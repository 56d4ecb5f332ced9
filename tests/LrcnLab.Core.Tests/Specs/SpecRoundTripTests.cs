using CsCheck;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

public sealed class SpecRoundTripTests
{
    [Fact]
    public void Json_OfAnyValidSpec_ReadsBackTheSame() => AnySpec.Valid.Sample(spec => AssertSame(spec, SpecText.Parse(SpecText.ToJson(spec))), iter: 2_000, print: SpecText.ToJson);

    [Fact]
    public void Yaml_OfAnyValidSpec_ReadsBackTheSame() => AnySpec.Valid.Sample(spec => AssertSame(spec, SpecText.Parse(SpecText.ToYaml(spec))), iter: 2_000, print: SpecText.ToYaml);

    [Fact]
    public void Text_ThroughBothForms_IsTheSameText() =>
        AnySpec.Valid.Sample(
            spec =>
            {
                string yaml = SpecText.ToYaml(spec);
                string json = SpecText.ToJson(SpecText.Parse(yaml).Spec!);
                Assert.Equal(SpecText.ToJson(spec), json);
                Assert.Equal(yaml, SpecText.ToYaml(SpecText.Parse(json).Spec!));
            },
            iter: 500,
            print: SpecText.ToYaml);

    [Fact]
    public void Assignments_FromOneSpecToAnother_MakeTheOther() =>
        Gen.Select(AnySpec.Valid, AnySpec.Valid).Sample((one, other) => AssertSame(other, SpecText.Set(one, SpecText.Assignments(one, other))), iter: 500);

    [Fact]
    public void Assignments_NameOnlyWhatDiffers()
    {
        RunSpec basis = Presets.QuickStart.Spec, changed = basis with { Data = basis.Data with { ClipLength = 12 }, Training = basis.Training with { Seed = 9 } };

        Assert.Equal(["data.clipLength=12", "training.seed=9"], SpecText.Assignments(basis, changed));
        Assert.Empty(SpecText.Assignments(basis, basis));
    }

    [Fact]
    public void Validate_OfAnyValidSpec_FindsNothing() => AnySpec.Valid.Sample(spec => Assert.Empty(SpecReader.Validate(spec)), iter: 500, print: SpecText.ToJson);

    [Fact]
    public void Yaml_OfDefaults_IsPlainLinesInDeclaredOrder()
    {
        string[] lines = SpecText.ToYaml(new RunSpec()).Split('\n');

        Assert.Equal(["data:", "  dataset: moving-garments", "  clipLength: 16", "  sampling: uniform"], lines[..4]);
        Assert.Equal(SpecField.All.Select(f => f.Name + ":"), lines.Where(l => l.Length > 0 && l[0] is not (' ' or '-')));
        Assert.DoesNotContain("...", lines);
    }

    [Fact]
    public void Parse_OfAnEmptyObject_GivesTheDefaults()
    {
        SpecResult result = SpecText.Parse("{}");

        Assert.True(result.IsValid);
        Assert.Equal(AnySpec.Leaves(new RunSpec()), AnySpec.Leaves(result.Spec!));
    }

    [Fact]
    public void Parse_OfJsonWithCommentsAndTrailingCommas_ReadsIt()
    {
        SpecResult result = SpecText.Parse("""
            {
              // three epochs are enough for a look
              "training": { "epochs": 3, },
            }
            """);

        Assert.Equal(3, result.Spec?.Training.Epochs);
    }

    [Fact]
    public void Parse_OfYamlWithCommentsAndFlowStyle_ReadsIt()
    {
        SpecResult result = SpecText.Parse("""
            # a short look
            training: { epochs: 3, seed: 7 }
            data:
              dataset: "42"
              width: !!int 64
            """);

        Assert.Equal((3, 7, "42", 64), (result.Spec!.Training.Epochs, result.Spec.Training.Seed, result.Spec.Data.Dataset, result.Spec.Data.Width));
    }

    private static void AssertSame(RunSpec expected, SpecResult read)
    {
        Assert.Empty(read.Problems);
        Assert.Equal(AnySpec.Leaves(expected), AnySpec.Leaves(read.Spec!));
    }
}
