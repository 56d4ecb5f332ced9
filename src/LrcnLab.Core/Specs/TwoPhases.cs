using LrcnLab.Core.Models;

namespace LrcnLab.Core.Specs;

/// <summary>The recipe of the paper (§4): a network that looks at single frames is trained first, and the recurrent one begins with its weights.</summary>
public static class TwoPhases
{
    /// <summary>Null where a specification can be the second phase, else why not, in words.</summary>
    public static string? Problem(RunSpec spec)
    {
        BackboneSpec backbone = spec.Model.Backbone;
        if (ClipNetworks.Include(backbone.Network))
            return $"{SpecField.Word(backbone.Network)} sees whole clips and has no first phase on single frames.";
        if (spec.Model.Sequence.Kind == SequenceKind.None)
            return "Without a sequence model there is only one phase: choose lstm or gru.";
        return backbone is { Freeze: BackboneFreeze.All, FreezeEpochs: 0 } ? "A frozen backbone would learn nothing in the first phase: let it learn, or freeze only a part of it." : null;
    }

    /// <summary>The first phase: backbone and classifier on each frame by itself, on the same clips; what only the sequence model has is left out.</summary>
    /// <param name="spec">Of the second phase, which has no <see cref="Problem"/>.</param>
    /// <param name="epochs">Of the first phase.</param>
    public static RunSpec First(RunSpec spec, int epochs) => spec with
    {
        Model = spec.Model with { Sequence = new SequenceSpec { Kind = SequenceKind.None, Readout = Readout.EveryStep } },
        Training = spec.Training with { Epochs = epochs },
    };

    /// <summary>The second phase of a first one that is known now.</summary>
    public static RunSpec Second(RunSpec spec, Guid first) => spec with { Model = spec.Model with { Weights = first.ToString() } };
}
