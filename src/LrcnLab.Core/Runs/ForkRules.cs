using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Runs;

/// <summary>What a run that begins with another run's checkpoint may change.</summary>
public static class ForkRules
{
    /// <summary>The model and the classes must be the parent's; everything else may differ.</summary>
    /// <param name="parent">Specification of the checkpoint.</param>
    /// <param name="parentClasses">Class names that its outputs stand for, by label.</param>
    /// <param name="spec">Of the fork.</param>
    /// <param name="classes">Of the fork's data set.</param>
    /// <param name="epoch">Whole epochs that the checkpoint has been trained.</param>
    /// <returns>Null, or what is wrong and with which field.</returns>
    public static SpecProblem? Problem(RunSpec parent, IReadOnlyList<string> parentClasses, RunSpec spec, IReadOnlyList<string> classes, int epoch)
    {
        if (!parentClasses.SequenceEqual(classes))
            return new SpecProblem("data.dataset", $"The checkpoint knows {parentClasses.Count} classes ({Shorten(parentClasses)}), the data set has {classes.Count} ({Shorten(classes)}): a fork needs the same ones in the same order.");
        if (ModelDifference.Refusal(parent, spec, classes.Count) is string refusal)
            return new SpecProblem("model", refusal);
        return spec.Training.Epochs > epoch ? null
            : new SpecProblem("training.epochs", $"The checkpoint has been trained {epoch} {(epoch == 1 ? "epoch" : "epochs")} and the fork is to end after {spec.Training.Epochs}: epochs are counted from the parent's first, so {epoch + 1} or more are needed.");
    }

    private static string Shorten(IReadOnlyList<string> classes) => string.Join(", ", classes.Take(4)) + (classes.Count > 4 ? ", …" : "");
}
