using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Training;

/// <param name="Best">Value of the watched metric that later epochs have to beat; null before the first.</param>
/// <param name="EpochsWithout">Epochs since then.</param>
public sealed record Progress(double? Best = null, int EpochsWithout = 0);

/// <summary>When a run that no longer gets better ends, as a pure function of what was measured (Keras' EarlyStopping).</summary>
public static class EarlyStopping
{
    /// <summary>Takes one validation into account; a value that is not finite is no improvement.</summary>
    public static Progress After(Progress progress, EarlyStoppingSpec spec, double value)
    {
        double gain = progress.Best is not double best ? double.PositiveInfinity : MetricKeys.LowerIsBetter(MetricKeys.Of(spec.Metric)) ? best - value : value - best;
        return double.IsFinite(value) && gain > spec.MinimumChange ? new Progress(value) : progress with { EpochsWithout = progress.EpochsWithout + 1 };
    }

    /// <returns>Null to go on, else why the run ends.</returns>
    public static string? Reason(Progress progress, EarlyStoppingSpec spec) => spec.Patience > 0 && progress.EpochsWithout >= spec.Patience
        ? $"Stopped early: {MetricKeys.Of(spec.Metric)} has not improved for {progress.EpochsWithout} epochs."
        : null;
}
