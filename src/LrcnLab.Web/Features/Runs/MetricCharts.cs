using LrcnLab.Core.Metrics;

namespace LrcnLab.Web.Features.Runs;

/// <param name="Section">Heading that the chart belongs under.</param>
/// <param name="Title">Of the chart, with the unit.</param>
/// <param name="Keys">Metrics that are drawn together.</param>
public sealed record MetricChart(string Section, string Title, IReadOnlyList<string> Keys);

/// <summary>Which metrics of a run are drawn together: what has one unit and is read together shares a chart.</summary>
public static class MetricCharts
{
    public const string Pinned = "On top", Own = "Own charts", Learning = "Learning", Optimizer = "Optimizer", Machine = "Speed and memory", Other = "Other metrics";

    private static readonly MetricChart[] Known =
    [
        new(Learning, "Loss", ["train/loss", "validation/loss"]),
        new(Learning, "Accuracy (top 1)", ["train/accuracy_top1", "validation/accuracy_top1"]),
        new(Learning, "Accuracy (top 5)", ["train/accuracy_top5", "validation/accuracy_top5"]),
        new(Learning, "Mean over classes (validation)", ["validation/accuracy_mean_class", "validation/precision_macro", "validation/recall_macro", "validation/f1_macro"]),
        new(Learning, "Weighted by class size (validation)", ["validation/precision_weighted", "validation/f1_weighted"]),
        new(Learning, "Calibration error (validation)", ["validation/calibration_error"]),
        new(Optimizer, "Learning rate", ["optimizer/learning_rate"]),
        new(Optimizer, "Gradient norm", ["optimizer/gradient_norm"]),
        new(Machine, "Clips a second", ["speed/clips_per_second"]),
        new(Machine, "Frames a second", ["speed/frames_per_second"]),
        new(Machine, "Time of a step (ms)", ["time/data_ms", "time/forward_ms", "time/backward_ms", "time/optimizer_ms"]),
        new(Machine, "Memory of the process", ["memory/process_bytes"]),
    ];

    /// <summary>Loss and accuracy are always there, so that nothing jumps when the first points arrive. Keys that LrcnLab does not write itself get a chart for each quantity.</summary>
    /// <param name="keys">Metrics that the run has so far; those of the test split are single numbers and no curves, those of the system have a page of their own.</param>
    public static IReadOnlyList<MetricChart> Of(IReadOnlyCollection<string> keys)
    {
        string[] curves = [.. keys.Where(k => !k.StartsWith("test/", StringComparison.Ordinal) && !SystemMetrics.Has(k))];
        var known = Known.Select((chart, i) => i < 2 ? chart : chart with { Keys = [.. chart.Keys.Where(curves.Contains)] }).Where(c => c.Keys.Count > 0);
        var others = curves.Except(Known.SelectMany(c => c.Keys)).GroupBy(Quantity).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new MetricChart(Other, Title(g.Key), [.. g.Order(StringComparer.Ordinal)]));
        return [.. known, .. others];
    }

    /// <summary>With own charts that the run has a metric for, and those on top in front.</summary>
    public static IReadOnlyList<MetricChart> Of(IReadOnlyCollection<string> keys, ChartChoice choice)
    {
        var own = choice.Own.Select(c => new MetricChart(Own, c.Title, [.. c.Keys.Where(keys.Contains)])).Where(c => c.Keys.Count > 0);
        MetricChart[] all = [.. own, .. Of(keys).Where(c => choice.Own.All(o => o.Title != c.Title))];
        return [.. all.Where(c => choice.Pinned.Contains(c.Title)).Select(c => c with { Section = Pinned }), .. all.Where(c => !choice.Pinned.Contains(c.Title))];
    }

    /// <summary>Training is blue and validation orange wherever both are drawn; lines of one split are told apart by the others.</summary>
    public static string Color(MetricChart chart, int line)
    {
        string[] palette = ["#2f86c9", "#d1682a", "#3a9d5d", "#9a5fc4", "#c23b6b", "#8a8a2e"];
        bool splits = chart.Keys.Any(k => k.StartsWith("train/", StringComparison.Ordinal));
        if (splits || chart.Keys.Count == 1)
            return chart.Keys[line].StartsWith("validation/", StringComparison.Ordinal) ? palette[1] : palette[0];
        return palette[line % palette.Length];
    }

    private static string Quantity(string key) => key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static string Title(string quantity)
    {
        string words = quantity.Replace('_', ' ').Trim();
        return words.Length == 0 ? quantity : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
