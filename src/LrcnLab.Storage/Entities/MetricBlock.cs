namespace LrcnLab.Storage.Entities;

/// <summary>Up to 1,024 neighbouring points of a series. Blocks of a series do not overlap; their order is that of <see cref="FirstStep"/>.</summary>
public sealed class MetricBlock
{
    public Guid SeriesId { get; init; }

    /// <summary>Order of making, not of steps.</summary>
    public required int Index { get; init; }

    public long FirstStep { get; set; }
    public long LastStep { get; set; }
    public int Count { get; set; }

    /// <summary>Columns, as <see cref="Metrics.BlockCodec"/> writes them.</summary>
    public required byte[] Data { get; set; }
}
