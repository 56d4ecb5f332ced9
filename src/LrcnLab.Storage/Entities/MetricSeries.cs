using LrcnLab.Core.Metrics;

namespace LrcnLab.Storage.Entities;

/// <summary>What lists need to know of a series without touching its history.</summary>
public sealed class MetricSeries : IVersioned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid RunId { get; init; }
    public required string Key { get; init; }
    public long Count { get; set; }

    /// <summary>Blocks made so far; the next one's index.</summary>
    public int Blocks { get; set; }

    /// <summary>The point with the smallest step.</summary>
    public required SeriesPoint First { get; set; }

    /// <summary>The point with the largest step.</summary>
    public required SeriesPoint Last { get; set; }

    /// <summary>The smallest finite value; while there is none, a point that is not finite.</summary>
    public required SeriesPoint Min { get; set; }

    /// <summary>The largest finite value; while there is none, a point that is not finite.</summary>
    public required SeriesPoint Max { get; set; }

    public uint RowVersion { get; set; }

    /// <summary>True when smaller values are better.</summary>
    public bool LowerIsBetter => MetricKeys.LowerIsBetter(Key);

    public SeriesPoint Best => LowerIsBetter ? Min : Max;
}
