namespace LrcnLab.Core.Statistics;

/// <summary>A tree that guesses a number from columns by asking "is it at most ...?" (Breiman et al. 1984).</summary>
internal sealed class RegressionTree
{
    private const int SmallestLeaf = 2;

    private int _column = -1;
    private double _threshold;
    private double _value;
    private RegressionTree? _low, _high;

    /// <param name="rows">Which rows to learn from; may repeat.</param>
    /// <param name="columns">How many randomly chosen columns each question chooses from.</param>
    public static RegressionTree Grow(double[][] x, double[] y, int[] rows, int columns, Random random)
    {
        var tree = new RegressionTree { _value = rows.Average(r => y[r]) };
        if (rows.Length < 2 * SmallestLeaf)
            return tree;
        double best = 1e-12;
        foreach (int column in Enumerable.Range(0, x[0].Length).OrderBy(_ => random.Next()).Take(columns))
        {
            int[] sorted = [.. rows.OrderBy(r => x[r][column])];
            double total = sorted.Sum(r => y[r]), left = 0;
            for (int i = 1; i < sorted.Length; i++)
            {
                left += y[sorted[i - 1]];
                if (i < SmallestLeaf || sorted.Length - i < SmallestLeaf || x[sorted[i]][column] <= x[sorted[i - 1]][column])
                    continue;
                // Less spread within both halves is the same as more between them.
                double right = total - left, gain = left * left / i + right * right / (sorted.Length - i) - total * total / sorted.Length;
                if (gain > best)
                    (best, tree._column, tree._threshold) = (gain, column, (x[sorted[i]][column] + x[sorted[i - 1]][column]) / 2);
            }
        }

        if (tree._column >= 0)
        {
            tree._low = Grow(x, y, [.. rows.Where(r => x[r][tree._column] <= tree._threshold)], columns, random);
            tree._high = Grow(x, y, [.. rows.Where(r => x[r][tree._column] > tree._threshold)], columns, random);
        }

        return tree;
    }

    /// <param name="replaced">A column whose value is another; -1 for none.</param>
    public double Guess(double[] row, int replaced = -1, double value = 0)
    {
        RegressionTree at = this;
        while (at._column >= 0)
            at = (at._column == replaced ? value : row[at._column]) <= at._threshold ? at._low! : at._high!;
        return at._value;
    }
}
