using System.Globalization;

namespace LrcnLab.Core.Training;

/// <summary>What goes wrong in a training, said in words: pure functions of what was measured.</summary>
public static class TrainingHints
{
    /// <summary>Epochs after which a run should have learned something.</summary>
    public const int PatientEpochs = 3;

    /// <summary>A validation loss that stays where a model is that only guesses, ln(classes).</summary>
    /// <param name="validationLoss">After the newest epoch.</param>
    /// <param name="bestLoss">The smallest so far.</param>
    /// <param name="classes">K</param>
    /// <param name="epoch">Epochs done.</param>
    public static string? NotLearning(double validationLoss, double bestLoss, int classes, int epoch)
    {
        double guess = Math.Log(classes);
        return epoch == PatientEpochs && validationLoss > 0.97 * guess && bestLoss > 0.97 * guess
            ? string.Create(CultureInfo.InvariantCulture, $"Not learning: after {epoch} epochs the validation loss is {validationLoss:0.000}, and guessing among {classes} classes gives {guess:0.000}. Common causes: a learning rate that is too small or too large, too much dropout, labels that do not belong to the clips.")
            : null;
    }

    /// <summary>A gradient many times larger than those before it.</summary>
    /// <param name="norm">Of this step, before clipping.</param>
    /// <param name="usual">Typical norm of the steps before.</param>
    /// <param name="step">Updates done.</param>
    public static string? Exploding(double norm, double usual, long step) => double.IsFinite(norm) && usual > 0 && norm > 100 * usual
        ? string.Create(CultureInfo.InvariantCulture, $"Gradient exploding: its norm is {norm:0.###e0} at step {step}, usual were {usual:0.###e0}. Gradient clipping or a lower learning rate helps.")
        : null;
}
