using System.Globalization;

namespace LrcnLab.Web.Components.Charts;

/// <summary>An axis of a plot of runs: numbers, by their logarithm where they span more than two powers of ten, or words side by side.</summary>
/// <param name="Field">What it shows, as people write it.</param>
/// <param name="Low">The lowest number; 0 with words.</param>
/// <param name="High">The highest number; with words the place of the last.</param>
/// <param name="Words">In order; empty with numbers.</param>
public sealed record PlotAxis(string Field, double Low, double High, bool Log, IReadOnlyList<string> Words)
{
    private const int MostTicks = 5;

    private static readonly int[] Steps = [1, 2, 5, 10];

    /// <summary>An axis on which all of these have a place; what is no number, where others are, has none.</summary>
    /// <param name="values">Numbers and words; null where there is nothing.</param>
    public static PlotAxis Of(string field, IEnumerable<(double? Number, string Text)?> values)
    {
        (double? Number, string Text)[] there = [.. values.OfType<(double?, string)>()];
        double[] numbers = [.. there.Select(v => v.Number).OfType<double>().Where(double.IsFinite)];
        if (there.Any(v => v.Number is null))
        {
            string[] words = [.. there.Select(v => v.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            return new PlotAxis(field, 0, Math.Max(1, words.Length - 1), false, words);
        }

        (double low, double high) = numbers.Length == 0 ? (0, 1) : (numbers.Min(), numbers.Max());
        if (low == high)
            (low, high) = (low - Math.Max(1e-9, Math.Abs(low) * 0.1), high + Math.Max(1e-9, Math.Abs(high) * 0.1));
        return new PlotAxis(field, low, high, low > 0 && high / low >= 100, []);
    }

    /// <summary>From 0 at the low end to 1; null where the value has no place.</summary>
    public double? Position(double? number, string text)
    {
        if (Words.Count > 0)
            return Words.Count == 1 ? 0.5 : Index(text) is >= 0 and int at ? (double)at / (Words.Count - 1) : null;
        return number is { } value && double.IsFinite(value) ? Share(value) : null;
    }

    /// <summary>The number, or the place of the word, that a range is told by.</summary>
    public double? Value(double? number, string text) => Words.Count > 0 ? Index(text) is >= 0 and int at ? at : null : number is { } value && double.IsFinite(value) ? value : null;

    /// <summary>Places to be named, with their names.</summary>
    public IReadOnlyList<(double Position, string Label)> Ticks
    {
        get
        {
            if (Words.Count > 0)
                return [.. Words.Select((w, i) => (Words.Count == 1 ? 0.5 : (double)i / (Words.Count - 1), w.Length > 18 ? w[..17] + "…" : w))];
            if (Log)
                return [.. Enumerable.Range((int)Math.Floor(Math.Log10(Low)), (int)Math.Ceiling(Math.Log10(High)) - (int)Math.Floor(Math.Log10(Low)) + 1).Select(p => Math.Pow(10, p)).Where(v => v >= Low * 0.999 && v <= High * 1.001).Select(v => (Share(v), Short(v)))];
            double rough = (High - Low) / MostTicks, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
            double step = Steps.Select(f => f * power).First(s => s >= rough);
            var ticks = new List<(double, string)>();
            for (double v = Math.Ceiling(Low / step) * step; v <= High + step * 1e-9 && ticks.Count < 2 * MostTicks; v += step)
                ticks.Add((Share(v), Short(Math.Abs(v) < step * 1e-9 ? 0 : v)));
            return ticks;
        }
    }

    private int Index(string text) => Words.Index().Where(w => w.Item == text).Select(w => w.Index).FirstOrDefault(-1);

    private double Share(double value) => Log ? (Math.Log(value) - Math.Log(Low)) / (Math.Log(High) - Math.Log(Low)) : (value - Low) / (High - Low);

    private static string Short(double value) => value.ToString(Math.Abs(value) is >= 1e6 or (< 1e-3 and > 0) ? "0.##e+0" : "0.####", CultureInfo.InvariantCulture);
}
