using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;

namespace LrcnLab.Training.Evaluation;

/// <summary>How well probabilities agree with labels.</summary>
/// <param name="Accuracy">Share of clips whose most probable class is the true one.</param>
/// <param name="AccuracyTop5">Share of clips whose true class is among the five most probable; null for up to five classes.</param>
/// <param name="MeanClassAccuracy">Accuracy of each class that occurs, averaged over classes.</param>
/// <param name="Averages">Precision, recall and F1 over classes.</param>
/// <param name="CalibrationError">Expected calibration error: mean distance of confidence and accuracy over 15 equal bins of confidence (Guo et al. 2017).</param>
/// <param name="Confusion">Counts by true class (row) and predicted class (column).</param>
public sealed record ClassificationScores(double Accuracy, double? AccuracyTop5, double MeanClassAccuracy, ClassAverages Averages, double CalibrationError, int[][] Confusion)
{
    private const int Bins = 15;

    public static ClassificationScores Of(IReadOnlyCollection<Prediction> predictions, int classes)
    {
        int[][] confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        int top5 = 0;
        foreach (Prediction p in predictions)
        {
            confusion[p.Label][Best(p.Probabilities)]++;
            if (Rank(p) < 5)
                top5++;
        }

        double[] perClass = [.. confusion.Select((row, label) => (Hits: row[label], Count: row.Sum())).Where(c => c.Count > 0).Select(c => (double)c.Hits / c.Count)];
        double hits = confusion.Select((row, label) => row[label]).Sum();
        return new ClassificationScores(
            hits / Math.Max(1, predictions.Count),
            classes > 5 ? (double)top5 / Math.Max(1, predictions.Count) : null,
            perClass.Length == 0 ? 0 : perClass.Average(),
            ClassAverages.Of(confusion),
            Calibration(predictions),
            confusion);
    }

    private static double Calibration(IReadOnlyCollection<Prediction> predictions)
    {
        double error = 0;
        foreach (var bin in predictions.Select(p => (Confidence: p.Probabilities.Max(), Right: Best(p.Probabilities) == p.Label)).GroupBy(p => Math.Min((int)(p.Confidence * Bins), Bins - 1)))
            error += Math.Abs(bin.Average(p => (double)p.Confidence) - bin.Average(p => p.Right ? 1.0 : 0)) * bin.Count();
        return error / Math.Max(1, predictions.Count);
    }

    private static int Best(float[] probabilities) => Array.IndexOf(probabilities, probabilities.Max());

    /// <summary>How many classes are at least as probable as the true one; of equals the lower index wins.</summary>
    private static int Rank(Prediction p)
    {
        float own = p.Probabilities[p.Label];
        return p.Probabilities.Where((other, i) => other > own || (other == own && i < p.Label)).Count();
    }
}
