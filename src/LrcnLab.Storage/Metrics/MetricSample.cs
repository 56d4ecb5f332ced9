using LrcnLab.Core.Metrics;

namespace LrcnLab.Storage.Metrics;

/// <summary>A point and the key of the series it belongs to.</summary>
public readonly record struct MetricSample(string Key, MetricPoint Point);
