namespace LrcnLab.Core.Metrics;

/// <summary>Fewer points for the eye, none of the extremes lost.</summary>
public static class Thinning
{
    /// <summary>First, last, minimum, maximum.</summary>
    public const int KeptOfBucket = 4;

    /// <summary>
    /// Indices, rising, of at most about <paramref name="points"/> values (non-finite ones come on top): of each bucket of neighbours the first, last,
    /// minimum, maximum and every NaN or infinity.
    /// </summary>
    public static IReadOnlyList<int> Select(ReadOnlySpan<double> values, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, KeptOfBucket);
        var kept = new List<int>(Math.Min(values.Length, points));
        if (values.Length <= points)
        {
            for (int i = 0; i < values.Length; i++)
                kept.Add(i);
            return kept;
        }

        int buckets = points / KeptOfBucket;
        for (int b = 0; b < buckets; b++)
        {
            int from = (int)((long)values.Length * b / buckets), to = (int)((long)values.Length * (b + 1) / buckets);
            int min = -1, max = -1;
            for (int i = from; i < to; i++)
            {
                if (!double.IsFinite(values[i]))
                    continue;
                if (min < 0 || values[i] < values[min])
                    min = i;
                if (max < 0 || values[i] > values[max])
                    max = i;
            }

            for (int i = from; i < to; i++)
            {
                if (i == from || i == to - 1 || i == min || i == max || !double.IsFinite(values[i]))
                    kept.Add(i);
            }
        }

        return kept;
    }
}
