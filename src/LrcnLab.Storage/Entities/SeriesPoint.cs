using LrcnLab.Core.Metrics;

namespace LrcnLab.Storage.Entities;

public enum ValueKind { Finite, NaN, PositiveInfinity, NegativeInfinity }

/// <summary>A point that stands in columns. SQLite refuses NaN, so the kind of a value that is not finite stands beside the number.</summary>
public sealed record SeriesPoint
{
    public required long Step { get; init; }
    public required double Epoch { get; init; }
    public required DateTime Time { get; init; }

    /// <summary>Null when the value is not finite.</summary>
    public required double? Number { get; init; }

    public required ValueKind Kind { get; init; }

    public double Value => Kind switch
    {
        ValueKind.NaN => double.NaN,
        ValueKind.PositiveInfinity => double.PositiveInfinity,
        ValueKind.NegativeInfinity => double.NegativeInfinity,
        _ => Number!.Value,
    };

    public MetricPoint ToPoint() => new(Step, Epoch, Time, Value);

    public static SeriesPoint From(MetricPoint point) => new()
    {
        Step = point.Step,
        Epoch = point.Epoch,
        Time = point.Time,
        Number = double.IsFinite(point.Value) ? point.Value : null,
        Kind = point.Value switch
        {
            double.NaN => ValueKind.NaN,
            double.PositiveInfinity => ValueKind.PositiveInfinity,
            double.NegativeInfinity => ValueKind.NegativeInfinity,
            _ => ValueKind.Finite,
        },
    };
}
