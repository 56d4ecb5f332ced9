namespace LrcnLab.Core.Statistics;

/// <summary>Whether two classifiers differ on the same samples, by those samples that only one of them gets right (McNemar 1947).</summary>
/// <param name="OnlyFirst">Samples that only the first gets right.</param>
/// <param name="OnlySecond">Samples that only the second gets right.</param>
/// <param name="PValue">Two-sided: how likely so uneven a split is when both are equally good.</param>
public sealed record McNemar(int OnlyFirst, int OnlySecond, double PValue)
{
    // Above, the exact sum and the normal curve agree to all digits that anybody reads.
    private const int MostExact = 5000;

    /// <summary>Exact by the binomial distribution up to 5,000 samples that tell, with the corrected normal curve above.</summary>
    public static McNemar Of(int onlyFirst, int onlySecond)
    {
        int n = onlyFirst + onlySecond;
        if (n == 0 || onlyFirst == onlySecond)
            return new McNemar(onlyFirst, onlySecond, 1);
        return new McNemar(onlyFirst, onlySecond, n <= MostExact ? Exact(n, Math.Min(onlyFirst, onlySecond)) : Erfc((Math.Abs(onlyFirst - onlySecond) - 1) / Math.Sqrt(2.0 * n)));
    }

    /// <param name="first">Whether the first is right, by sample.</param>
    /// <param name="second">The same of the second, in the same order.</param>
    public static McNemar Of(IReadOnlyList<bool> first, IReadOnlyList<bool> second)
    {
        int onlyFirst = 0, onlySecond = 0;
        for (int i = 0; i < first.Count; i++)
        {
            onlyFirst += first[i] && !second[i] ? 1 : 0;
            onlySecond += second[i] && !first[i] ? 1 : 0;
        }

        return Of(onlyFirst, onlySecond);
    }

    private static double Exact(int n, int fewer)
    {
        // log C(n, k) - n log 2, by steps of k.
        double log = -n * Math.Log(2), sum = Math.Exp(log);
        for (int k = 1; k <= fewer; k++)
        {
            log += Math.Log((double)(n - k + 1) / k);
            sum += Math.Exp(log);
        }

        return Math.Min(1, 2 * sum);
    }

    /// <summary>Complementary error function for x of 0 and more (Numerical Recipes, erfcc; relative error below 1.2e-7).</summary>
    private static double Erfc(double x)
    {
        double t = 1 / (1 + 0.5 * x);
        double[] c = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
        double sum = 0;
        for (int i = c.Length - 1; i >= 0; i--)
            sum = sum * t + c[i];
        return t * Math.Exp(-x * x + sum);
    }
}
