using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

public sealed class SpecSetTests
{
    [Fact]
    public void Set_SeveralFields_ChangesThemAndNothingElse()
    {
        RunSpec basis = Presets.QuickStart.Spec;
        SpecResult result = SpecText.Set(basis, ["training.seed=7", "schedule.kind = multi-step", "schedule.milestones=[3, 6]", "model.sequence.hidden=64"]);
        Assert.Empty(result.Problems);
        RunSpec expected = basis with
        {
            Training = basis.Training with { Seed = 7 },
            Schedule = basis.Schedule with { Kind = ScheduleKind.MultiStep, Milestones = [3, 6] },
            Model = basis.Model with { Sequence = basis.Model.Sequence with { Hidden = 64 } },
        };
        Assert.Equal(SpecText.ToJson(expected), SpecText.ToJson(result.Spec!));
    }

    [Fact]
    public void Set_FieldsThatOnlyFitTogether_AreCheckedTogether() =>
        Assert.Empty(SpecText.Set(Presets.KerasPost.Spec with { Resources = new ResourceSpec { Precision = Precision.Bfloat16 } }, ["resources.recomputeFrames=16", "resources.precision=float32"]).Problems);

    [Theory]
    [InlineData("training.seed", "no assignment")]
    [InlineData("=3", "no assignment")]
    [InlineData("trainng.seed=3", "training")]
    [InlineData("training.sed=3", "seed")]
    [InlineData("training.seed=many", "training.seed")]
    [InlineData("training.seed=-1", "training.seed")]
    [InlineData("training.seed=[1", "not valid YAML")]
    [InlineData("model.sequence.hidden.more=1", "hidden")]
    public void Set_WhatCannotBe_IsRefusedInWords(string assignment, string word)
    {
        SpecResult result = SpecText.Set(Presets.QuickStart.Spec, [assignment]);
        Assert.Null(result.Spec);
        Assert.Contains(word, string.Join('\n', result.Problems), StringComparison.Ordinal);
    }
}
