using System.Globalization;

namespace LrcnLab.Benchmarks;

/// <summary>What benchmarks print.</summary>
internal static class Report
{
    public static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    public static void Times(string name, List<double> milliseconds, int clips) =>
        Line($"{name,-20} median {Median(milliseconds):0} ms, fastest {milliseconds.Min():0} ms, {1000 * clips / Median(milliseconds):0.0} clips/s");

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
