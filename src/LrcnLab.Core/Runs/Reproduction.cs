using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Runs;

/// <summary>How a repeated run compares with the first.</summary>
public enum ReproductionVerdict
{
    /// <summary>The weights are equal bit for bit.</summary>
    Identical,

    /// <summary>The weights differ, and every measure agrees within <see cref="Reproduction.Tolerance"/>.</summary>
    WithinRounding,

    Different,
}

/// <summary>What went into a run and what came out, as far as it has to be the same.</summary>
/// <param name="Spec">With what was amended.</param>
/// <param name="Inputs">Everything else by name: data, device, threads, versions.</param>
/// <param name="WeightsSha256">Of the last checkpoint; null when there is none.</param>
/// <param name="Measures">The last value of each metric that training decides.</param>
public sealed record RunRecord(RunSpec Spec, IReadOnlyDictionary<string, string> Inputs, string? WeightsSha256, IReadOnlyDictionary<string, double> Measures);

/// <summary>A measure that came out otherwise.</summary>
/// <param name="Key">Of the metric.</param>
/// <param name="First">NaN when the first run has none.</param>
/// <param name="Second">NaN when the second has none.</param>
/// <param name="Relative">|First − Second| over the larger of both; infinite when one is missing.</param>
public sealed record MeasureDifference(string Key, double First, double Second, double Relative);

/// <summary>Whether a run that was done again gave the same, and what was not the same before.</summary>
/// <param name="Verdict">Of the outcome alone.</param>
/// <param name="Measures">Those that differ at all, the furthest apart first.</param>
/// <param name="Inputs">Settings and surroundings that differ.</param>
public sealed record Reproduction(ReproductionVerdict Verdict, IReadOnlyList<MeasureDifference> Measures, IReadOnlyList<SpecChange> Inputs)
{
    /// <summary>Relative. Sums of single-precision numbers in another order differ by about 1e-6 in a step, which training makes larger.</summary>
    public const double Tolerance = 1e-3;

    // Of one process and moment rather than of what was learned.
    private static readonly string[] Circumstances = ["speed/", "time/", "memory/", "system/"];

    public static Reproduction Compare(RunRecord first, RunRecord second)
    {
        MeasureDifference[] measures = [.. first.Measures.Keys.Union(second.Measures.Keys).Where(IsLearned).Select(k => Difference(k, first.Measures, second.Measures)).Where(d => d.Relative > 0).OrderByDescending(d => d.Relative)];
        bool sameWeights = first.WeightsSha256 is not null && first.WeightsSha256 == second.WeightsSha256;
        ReproductionVerdict verdict = sameWeights ? ReproductionVerdict.Identical
            : measures.All(d => d.Relative <= Tolerance) && first.Measures.Keys.Any(IsLearned) ? ReproductionVerdict.WithinRounding
            : ReproductionVerdict.Different;
        return new Reproduction(verdict, measures, [.. SpecDiff.Between(first.Spec, second.Spec), .. InputDifferences(first.Inputs, second.Inputs)]);
    }

    private static bool IsLearned(string key) => !Circumstances.Any(c => key.StartsWith(c, StringComparison.Ordinal));

    private static MeasureDifference Difference(string key, IReadOnlyDictionary<string, double> first, IReadOnlyDictionary<string, double> second)
    {
        bool both = first.TryGetValue(key, out double a) & second.TryGetValue(key, out double b);
        if (!both)
            return new MeasureDifference(key, first.GetValueOrDefault(key, double.NaN), second.GetValueOrDefault(key, double.NaN), double.PositiveInfinity);
        if (a.Equals(b))
            return new MeasureDifference(key, a, b, 0);
        double relative = Math.Abs(a - b) / Math.Max(Math.Abs(a), Math.Abs(b));
        return new MeasureDifference(key, a, b, double.IsFinite(relative) ? relative : double.PositiveInfinity);
    }

    private static IEnumerable<SpecChange> InputDifferences(IReadOnlyDictionary<string, string> first, IReadOnlyDictionary<string, string> second) =>
        first.Keys.Union(second.Keys).Order(StringComparer.Ordinal)
            .Select(name => new SpecChange(name, first.GetValueOrDefault(name, "-"), second.GetValueOrDefault(name, "-"))).Where(c => c.From != c.To);
}
