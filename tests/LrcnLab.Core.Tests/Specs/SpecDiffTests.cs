using CsCheck;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

public sealed class SpecDiffTests
{
    [Fact]
    public void Between_ASpecAndItself_IsNothing() => AnySpec.Valid.Sample(spec => Assert.Empty(SpecDiff.Between(spec, SpecText.Parse(SpecText.ToJson(spec)).Spec!)), iter: 200);

    [Fact]
    public void Between_TwoSpecs_NamesEachSettingThatDiffers()
    {
        var before = new RunSpec();
        RunSpec after = before with
        {
            Training = before.Training with { Seed = 2 },
            Model = before.Model with { Backbone = new BackboneSpec { Convolutions = [new() { Pool = 2, Kernel = 5 }, new() { Filters = 8 }] } },
        }
        ;
        IReadOnlyList<SpecChange> changes = SpecDiff.Between(before, after);

        Assert.Contains(new SpecChange("training.seed", "1", "2"), changes);
        Assert.Contains(new SpecChange("model.backbone.convolutions[0].kernel", "3", "5"), changes);
        Assert.Contains(new SpecChange("model.backbone.convolutions[1].filters", "-", "8"), changes);
        Assert.Equal(2 + 6, changes.Count);
    }

    [Fact]
    public void Between_SwappedSides_IsSwapped() => Gen.Select(AnySpec.Valid, AnySpec.Valid).Sample(
        (a, b) => Assert.Equal(SpecDiff.Between(a, b).Select(c => (c.Path, c.From, c.To)).Order(), SpecDiff.Between(b, a).Select(c => (c.Path, c.To, c.From)).Order()), iter: 200);

    [Fact]
    public void Flatten_HasEverySetting() => Assert.Equal(AnySpec.Leaves(new RunSpec()).Count, SpecDiff.Flatten(new RunSpec()).Count);
}
