namespace LrcnLab.Core.Metrics;

/// <summary>Precision, recall and F1 averaged over the classes that occur, as truth or as answer.</summary>
/// <param name="MacroPrecision">Every class counts alike.</param>
/// <param name="MacroRecall">Every class counts alike.</param>
/// <param name="MacroF1">Every class counts alike.</param>
/// <param name="WeightedPrecision">Every class counts by its samples.</param>
/// <param name="WeightedF1">Every class counts by its samples.</param>
public sealed record ClassAverages(double MacroPrecision, double MacroRecall, double MacroF1, double WeightedPrecision, double WeightedF1)
{
    /// <param name="counts">Square, by true class (row) and predicted class (column).</param>
    public static ClassAverages Of(int[][] counts)
    {
        ClassScore[] scores = [.. ClassScores.Of(counts).Where(s => s.Support > 0 || counts.Any(row => row[s.Class] > 0))];
        double samples = Math.Max(1, scores.Sum(s => s.Support));
        return scores.Length == 0
            ? new ClassAverages(0, 0, 0, 0, 0)
            : new ClassAverages(
                scores.Average(s => s.Precision), scores.Average(s => s.Recall), scores.Average(s => s.F1),
                scores.Sum(s => s.Precision * s.Support) / samples, scores.Sum(s => s.F1 * s.Support) / samples);
    }
}
