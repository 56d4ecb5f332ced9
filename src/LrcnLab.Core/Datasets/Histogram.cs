using System.Globalization;

namespace LrcnLab.Core.Datasets;

/// <summary>Values in bins of round width, and where they lie.</summary>
/// <param name="Minimum">The smallest value.</param>
/// <param name="Maximum">The largest value.</param>
/// <param name="Mean">Arithmetic.</param>
/// <param name="Median">Half of the values are smaller.</param>
/// <param name="Bins">In order, without gaps.</param>
public sealed record Histogram(double Minimum, double Maximum, double Mean, double Median, IReadOnlyList<Bin> Bins)
{
    private const int MostBins = 24;

    /// <summary>At most 25 bins. A few values far above all others do not make the rest one bin: they get a last bin of their own.</summary>
    public static Histogram Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
            return new Histogram(0, 0, 0, 0, []);
        double[] sorted = [.. values.Order()];
        double low = sorted[0], high = sorted[^1], tail = sorted[(int)(0.99 * (sorted.Length - 1))];
        bool whole = sorted.All(v => v == Math.Floor(v));
        double top = high - low > 3 * (tail - low) && tail > low ? tail : high;
        double width = Width(top - low, whole), first = Math.Floor(low / width) * width;
        int count = (int)Math.Floor((top - first) / width + 1e-9) + 1;
        int[] counts = new int[count];
        int above = 0;
        foreach (double value in sorted)
        {
            // Rounding must not put a value that equals a bin's edge into the bin before.
            int bin = (int)Math.Floor((value - first) / width + 1e-9);
            if (bin < count)
                counts[bin]++;
            else
                above++;
        }

        List<Bin> bins = [.. counts.Select((c, i) => new Bin(Edge(first + i * width), Edge(first + (i + 1) * width), c, whole))];
        if (above > 0)
            bins.Add(new Bin(bins[^1].To, Edge(high), above, whole));
        return new Histogram(low, high, sorted.Average(), MedianOf(sorted), bins);
    }

    /// <param name="sorted">At least one.</param>
    public static double MedianOf(IReadOnlyList<double> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;

    /// <summary>1, 2 or 5 times a power of ten.</summary>
    private static double Width(double range, bool whole)
    {
        if (range <= 0)
            return 1;
        double rough = (whole ? range + 1 : range) / MostBins, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double width = new double[] { 1, 2, 5, 10 }.First(step => step * power >= rough * (1 - 1e-9)) * power;
        return whole ? Math.Max(1, width) : width;
    }

    private static double Edge(double value) => Math.Round(value, 9);
}

/// <param name="From">Smallest value that belongs to it.</param>
/// <param name="To">Values from here on belong to the next bin, except the largest of all.</param>
/// <param name="Count">Values in it.</param>
/// <param name="Whole">Values are whole numbers.</param>
public sealed record Bin(double From, double To, int Count, bool Whole = false)
{
    /// <summary>Such as <c>16</c>, <c>10–19</c> for whole numbers, or <c>0.5–1</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Label
    {
        get
        {
            double last = Whole ? Math.Max(From, To - 1) : To;
            return last == From ? Text(From) : $"{Text(From)}–{Text(last)}";
        }
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
