using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

public sealed class PresetsTests
{
    public static TheoryData<string> Names => [.. Presets.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Preset_IsValidAndReadsBackFromBothTexts(string name)
    {
        Preset preset = Presets.Find(name)!;

        Assert.Empty(SpecReader.Validate(preset.Spec));
        Assert.Equal(AnySpec.Leaves(preset.Spec), AnySpec.Leaves(SpecText.Parse(SpecText.ToJson(preset.Spec)).Spec!));
        Assert.Equal(AnySpec.Leaves(preset.Spec), AnySpec.Leaves(SpecText.Parse(SpecText.ToYaml(preset.Spec)).Spec!));
    }

    [Fact]
    public void Presets_HaveUniqueNamesForAddressesAndSayWhereTheyComeFrom()
    {
        Assert.Equal(Presets.All.Count, Presets.All.Select(p => p.Name).Distinct().Count());
        Assert.All(Presets.All, p =>
        {
            Assert.Matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", p.Name);
            Assert.NotEmpty(p.Title);
            Assert.EndsWith(".", p.Summary, StringComparison.Ordinal);
            Assert.EndsWith(".", p.Source, StringComparison.Ordinal);
            Assert.True(p.Reported.Length + p.Differs.Length > 0 || p.Name == "quick-start", p.Name);
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nothing-like-it")]
    public void Find_OfAnUnknownName_IsNull(string? name) => Assert.Null(Presets.Find(name));

    [Fact]
    public void KerasPost_HasTheSeedsArchitecture()
    {
        RunSpec spec = Presets.KerasPost.Spec;

        Assert.Equal([32, 32, 64, 64, 128, 128, 256, 256], spec.Model.Backbone.Convolutions.Select(c => c.Filters));
        Assert.Equal([7, 3, 3, 3, 3, 3, 3, 3], spec.Model.Backbone.Convolutions.Select(c => c.Kernel));
        Assert.Equal([1, 2, 1, 2, 1, 2, 1, 2], spec.Model.Backbone.Convolutions.Select(c => c.Pool));
        Assert.Equal((0.7, 512, 0.5), (spec.Model.Backbone.Dropout, spec.Model.Sequence.Hidden, spec.Model.Sequence.InputDropout));
        Assert.Equal((OptimizerKind.Adam, 1e-5, 1e-6), (spec.Optimizer.Kind, spec.Optimizer.LearningRate, spec.Schedule.Decay));
    }
}
