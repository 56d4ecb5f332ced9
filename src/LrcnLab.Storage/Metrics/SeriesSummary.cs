using LrcnLab.Core.Metrics;

namespace LrcnLab.Storage.Metrics;

/// <summary>A series without its history. Minimum and maximum are over finite values as long as there is one.</summary>
public sealed record SeriesSummary(Guid RunId, string Key, long Count, MetricPoint First, MetricPoint Last, MetricPoint Min, MetricPoint Max)
{
    public bool LowerIsBetter => MetricKeys.LowerIsBetter(Key);

    public MetricPoint Best => LowerIsBetter ? Min : Max;
}
