namespace LrcnLab.Core.Metrics;

/// <summary>What a confusion matrix says of one class; shares are 0 where nothing was there to be counted.</summary>
/// <param name="Class">Index of the class.</param>
/// <param name="Precision">Of what was called this class, the share that was.</param>
/// <param name="Recall">Of what was this class, the share that was called so.</param>
/// <param name="F1">Harmonic mean of precision and recall.</param>
/// <param name="Support">Samples of this class.</param>
/// <param name="MostConfused">The class that its samples were most often wrongly called; null when none was.</param>
public sealed record ClassScore(int Class, double Precision, double Recall, double F1, int Support, int? MostConfused);

public static class ClassScores
{
    /// <param name="counts">Square, by true class (row) and predicted class (column).</param>
    public static IReadOnlyList<ClassScore> Of(int[][] counts) => [.. Enumerable.Range(0, counts.Length).Select(c =>
    {
        int right = counts[c][c], support = counts[c].Sum(), called = counts.Sum(row => row[c]);
        double precision = called == 0 ? 0 : (double)right / called, recall = support == 0 ? 0 : (double)right / support;
        double f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
        int confused = Enumerable.Range(0, counts.Length).Where(other => other != c).DefaultIfEmpty(c).MaxBy(other => counts[c][other]);
        return new ClassScore(c, precision, recall, f1, support, confused != c && counts[c][confused] > 0 ? confused : null);
    })];
}
