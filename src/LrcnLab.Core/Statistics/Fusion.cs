using LrcnLab.Core.Events;

namespace LrcnLab.Core.Statistics;

/// <summary>Two runs that answer together: the weighted mean of their probabilities (paper §4, RGB and flow), on the samples that both answered.</summary>
/// <param name="Weight">Of the first; the second has the rest of 1.</param>
/// <param name="Samples">That both answered.</param>
/// <param name="Accuracy">Share of right answers.</param>
/// <param name="MeanClassAccuracy">Mean over classes of the share that is right.</param>
/// <param name="AccuracyTop5">Share of samples whose class is among the five most likely; null with five classes or fewer.</param>
/// <param name="Right">Whether each sample, in order of its index, is answered rightly.</param>
public sealed record Fusion(double Weight, int Samples, double Accuracy, double MeanClassAccuracy, double? AccuracyTop5, bool[] Right)
{
    private const int Top = 5;

    /// <returns>Null without a common sample.</returns>
    /// <param name="first">A prediction a sample.</param>
    /// <param name="second">The same of the other run.</param>
    /// <param name="weight">Of the first, 0 to 1.</param>
    /// <exception cref="ArgumentException">The runs know different numbers of classes, or give a sample different labels.</exception>
    public static Fusion? Of(IEnumerable<Prediction> first, IEnumerable<Prediction> second, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, 1);
        Dictionary<int, Prediction> others = second.ToDictionary(p => p.Sample);
        var answers = new List<(int Label, float[] Probabilities)>();
        foreach (Prediction one in first.OrderBy(p => p.Sample))
        {
            if (!others.TryGetValue(one.Sample, out Prediction? other))
                continue;
            if (one.Label != other.Label || one.Probabilities.Length != other.Probabilities.Length)
                throw new ArgumentException("The runs learned from different classes.");
            answers.Add((one.Label, [.. one.Probabilities.Zip(other.Probabilities, (a, b) => (float)(weight * a + (1 - weight) * b))]));
        }

        if (answers.Count == 0)
            return null;
        int[] ranks = [.. answers.Select(a => Rank(a.Probabilities, a.Label))];
        double byClass = answers.Zip(ranks).GroupBy(a => a.First.Label).Average(c => c.Average(a => a.Second == 0 ? 1.0 : 0));
        return new Fusion(
            weight, answers.Count, Share(ranks, 1), byClass, answers[0].Probabilities.Length > Top ? Share(ranks, Top) : null, [.. ranks.Select(r => r == 0)]);
    }

    private static double Share(int[] ranks, int top) => ranks.Count(r => r < top) / (double)ranks.Length;

    /// <summary>Classes that come before the label; of equally likely ones the first does.</summary>
    private static int Rank(float[] probabilities, int label) =>
        probabilities.Where((p, k) => p > probabilities[label] || p == probabilities[label] && k < label).Count();
}
