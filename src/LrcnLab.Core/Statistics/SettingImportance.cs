namespace LrcnLab.Core.Statistics;

/// <summary>How much a setting had to do with a result.</summary>
/// <param name="Importance">Share of all settings' importance, 0 to 1, from a random forest.</param>
/// <param name="Correlation">Spearman's rank correlation with the result, -1 to 1; NaN for words, which have no order.</param>
public sealed record SettingImportance(string Setting, double Importance, double Correlation)
{
    /// <summary>Below so many runs the numbers say little.</summary>
    public const int FewRuns = 12;

    private const int Trees = 100;

    /// <summary>
    /// A forest learns the result from the settings; a setting matters by how much worse the forest gets on runs that it did not learn from when that setting is
    /// shuffled among them (Breiman 2001). The same answer each time.
    /// </summary>
    /// <param name="settings">Values by setting, one a run, as text.</param>
    /// <param name="results">One a run, finite.</param>
    /// <returns>The most important first; empty where nothing differs or there are fewer than four runs.</returns>
    public static IReadOnlyList<SettingImportance> Of(IReadOnlyDictionary<string, string[]> settings, double[] results)
    {
        string[] names = [.. settings.Where(s => s.Value.Distinct().Skip(1).Any()).Select(s => s.Key)];
        if (names.Length == 0 || results.Length < 4 || results.Distinct().Count() < 2)
            return [];
        (double[] Values, bool Ordered)[] columns = [.. names.Select(n => Numbers(settings[n]))];
        double[][] rows = [.. Enumerable.Range(0, results.Length).Select(r => columns.Select(c => c.Values[r]).ToArray())];
        double[] worse = Permuted(rows, results);
        double all = worse.Sum();
        return [.. names.Select((name, i) => new SettingImportance(name, all > 0 ? worse[i] / all : 0, columns[i].Ordered ? Spearman(columns[i].Values, results) : double.NaN)).OrderByDescending(s => s.Importance).ThenBy(s => s.Setting, StringComparer.Ordinal)];
    }

    /// <summary>Pearson's correlation of ranks; equal values share the mean of theirs.</summary>
    public static double Spearman(double[] a, double[] b)
    {
        double[] x = Ranks(a), y = Ranks(b);
        double mean = (x.Length + 1) / 2.0;
        double both = x.Zip(y, (p, q) => (p - mean) * (q - mean)).Sum(), first = x.Sum(p => (p - mean) * (p - mean)), second = y.Sum(q => (q - mean) * (q - mean));
        return first > 0 && second > 0 ? both / Math.Sqrt(first * second) : double.NaN;
    }

    private static double[] Permuted(double[][] rows, double[] results)
    {
        var random = new Random(1);
        int n = rows.Length, columns = rows[0].Length;
        double[] worse = new double[columns];
        for (int t = 0; t < Trees; t++)
        {
            int[] drawn = [.. Enumerable.Range(0, n).Select(_ => random.Next(n))];
            int[] left = [.. Enumerable.Range(0, n).Except(drawn)];
            if (left.Length < 2)
                continue;
            RegressionTree tree = RegressionTree.Grow(rows, results, drawn, Math.Max(1, (columns + 2) / 3), random);
            double error = left.Sum(r => Square(results[r] - tree.Guess(rows[r])));
            for (int c = 0; c < columns; c++)
            {
                int[] shuffled = [.. left];
                random.Shuffle(shuffled);
                worse[c] += (left.Select((r, i) => Square(results[r] - tree.Guess(rows[r], c, rows[shuffled[i]][c]))).Sum() - error) / left.Length;
            }
        }

        return [.. worse.Select(w => Math.Max(0, w))];
    }

    private static (double[] Values, bool Ordered) Numbers(string[] texts)
    {
        double[] numbers = [.. texts.Select(t => double.TryParse(t, System.Globalization.CultureInfo.InvariantCulture, out double v) && double.IsFinite(v) ? v : double.NaN)];
        if (!numbers.Any(double.IsNaN))
            return (numbers, true);
        string[] words = [.. texts.Distinct().Order(StringComparer.Ordinal)];
        return ([.. texts.Select(t => (double)Array.IndexOf(words, t))], false);
    }

    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        double[] ranks = new double[values.Length];
        for (int i = 0; i < order.Length;)
        {
            int end = i;
            while (end + 1 < order.Length && values[order[end + 1]] == values[order[i]])
                end++;
            for (int k = i; k <= end; k++)
                ranks[order[k]] = (i + end) / 2.0 + 1;
            i = end + 1;
        }

        return ranks;
    }

    private static double Square(double value) => value * value;
}
