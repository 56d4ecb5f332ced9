namespace LrcnLab.Core.Metrics;

/// <summary>One value of a series.</summary>
/// <param name="Step">Optimizer updates done.</param>
/// <param name="Epoch">Epochs done, with the fraction of the running one.</param>
/// <param name="Time">UTC.</param>
/// <param name="Value">May be NaN or infinite.</param>
public readonly record struct MetricPoint(long Step, double Epoch, DateTime Time, double Value);
