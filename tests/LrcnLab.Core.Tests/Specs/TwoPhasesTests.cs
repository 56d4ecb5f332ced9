using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

public sealed class TwoPhasesTests
{
    [Fact]
    public void First_HasTheSameBackboneAndNoSequenceModel()
    {
        RunSpec spec = Presets.Find("lrcn-paper")!.Spec, first = TwoPhases.First(spec, 7);

        Assert.Null(TwoPhases.Problem(spec));
        Assert.Empty(SpecReader.Validate(first));
        Assert.Equal((7, SequenceKind.None, Readout.EveryStep), (first.Training.Epochs, first.Model.Sequence.Kind, first.Model.Sequence.Readout));
        ModelPlan one = ModelPlanner.Plan(first, 101), two = ModelPlanner.Plan(spec, 101);
        Assert.Equal(two.Layers.Take(two.BackboneLayers).Select(l => (l.Name, l.Parameters)), one.Layers.Take(one.BackboneLayers).Select(l => (l.Name, l.Parameters)));
        Assert.Equal(spec.Data, first.Data);
        var id = Guid.CreateVersion7();
        Assert.Equal(id.ToString(), TwoPhases.Second(spec, id).Model.Weights);
    }

    /// <summary>Whatever can be launched in two phases can be launched in its first.</summary>
    [Fact]
    public void First_OfEveryPreset_IsValid()
    {
        foreach (Preset preset in Presets.All.Where(p => TwoPhases.Problem(p.Spec) is null))
            Assert.Empty(SpecReader.Validate(TwoPhases.First(preset.Spec, 3)));
    }

    [Theory]
    [InlineData("mobilenet-lrcn", "frozen backbone")]
    [InlineData("single-frame", "only one phase")]
    public void Problem_SaysWhy(string preset, string word) => Assert.Contains(word, TwoPhases.Problem(Presets.Find(preset)!.Spec), StringComparison.Ordinal);

    [Fact]
    public void Problem_OfWholeClips_SaysWhy() =>
        Assert.Contains("whole clips", TwoPhases.Problem(new RunSpec { Model = new ModelSpec { Backbone = new BackboneSpec { Network = BackboneNetwork.C3d } } }), StringComparison.Ordinal);
}
