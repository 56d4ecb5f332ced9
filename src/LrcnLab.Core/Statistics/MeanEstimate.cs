namespace LrcnLab.Core.Statistics;

/// <summary>Independent results of the same thing, such as of runs that differ only in their seed.</summary>
/// <param name="Count">How many.</param>
/// <param name="Deviation">Standard deviation with n - 1; 0 for a single one.</param>
public sealed record MeanEstimate(int Count, double Mean, double Deviation)
{
    // Two-sided 95 %, for 1 to 30 degrees of freedom.
    private static readonly double[] StudentT =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>Half of the 95 % interval of the mean, by Student's t; NaN for a single value, of which nothing is known.</summary>
    public double HalfWidth => Count < 2 ? double.NaN : Quantile(Count - 1) * Deviation / Math.Sqrt(Count);

    /// <exception cref="ArgumentException">There are no values.</exception>
    public static MeanEstimate Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
            throw new ArgumentException("A sample needs a value.", nameof(values));
        double mean = values.Average();
        return new MeanEstimate(values.Count, mean, values.Count < 2 ? 0 : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)));
    }

    /// <summary>Student's t for a two-sided 95 % interval. Above 30 degrees of freedom Fisher's expansion around the normal quantile, exact to three digits.</summary>
    public static double Quantile(int degrees)
    {
        if (degrees <= StudentT.Length)
            return StudentT[Math.Max(1, degrees) - 1];
        const double z = 1.959964;
        return z + ((z * z * z) + z) / (4.0 * degrees) + ((5 * Math.Pow(z, 5)) + (16 * z * z * z) + (3 * z)) / (96.0 * degrees * degrees);
    }
}
