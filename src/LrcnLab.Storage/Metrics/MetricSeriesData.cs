namespace LrcnLab.Storage.Metrics;

/// <summary>Points of a series by rising step, one column each.</summary>
/// <param name="TotalCount">Points in the asked range before thinning.</param>
/// <param name="Steps">Optimizer updates done.</param>
/// <param name="Epochs">Epochs done, with fraction.</param>
/// <param name="Times">Milliseconds since 1970-01-01 UTC.</param>
/// <param name="Values">May be NaN or infinite.</param>
/// <param name="Other">Another metric at these steps, if it was asked for: its latest value by then, NaN before its first.</param>
public sealed record MetricSeriesData(string Key, long TotalCount, long[] Steps, double[] Epochs, long[] Times, double[] Values, double[]? Other = null);
