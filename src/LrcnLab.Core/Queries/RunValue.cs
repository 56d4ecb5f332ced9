using System.Globalization;

namespace LrcnLab.Core.Queries;

public enum RunValueKind
{
    Text,
    Number,
    Time,

    /// <summary>Seconds.</summary>
    Duration,

    /// <summary>A setting: a number where it reads as one, else text.</summary>
    Any,
}

/// <summary>What a run has for a field; without text, number and time: nothing.</summary>
public readonly record struct RunValue
{
    public static readonly RunValue None;

    public string? Text { get; private init; }

    /// <summary>May be NaN.</summary>
    public double? Number { get; private init; }

    /// <summary>UTC.</summary>
    public DateTime? Time { get; private init; }

    public bool IsNone => Text is null && Number is null && Time is null;

    public static RunValue Of(string? text) => new() { Text = text };

    public static RunValue Of(double? number) => new() { Number = number };

    public static RunValue Of(DateTime? time) => new() { Time = time };

    /// <summary>A number where it reads as one.</summary>
    public static RunValue OfSetting(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? new() { Number = number, Text = text } : Of(text);

    /// <summary>Numbers before text; nothing, and NaN, behind everything.</summary>
    public static IComparer<RunValue> Order { get; } = Comparer<RunValue>.Create((a, b) => (a.Rank, b.Rank) switch
    {
        var (first, second) when first != second => first.CompareTo(second),
        (0, _) => a.Number!.Value.CompareTo(b.Number!.Value),
        (1, _) => a.Time!.Value.CompareTo(b.Time!.Value),
        (2, _) => string.Compare(a.Text, b.Text, StringComparison.OrdinalIgnoreCase),
        _ => 0,
    });

    /// <summary>Whether it comes behind all others in either direction.</summary>
    public bool IsLast => Rank == 3;

    public override string ToString() => Text ?? Number?.ToString("R", CultureInfo.InvariantCulture) ?? Time?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "";

    private int Rank => Number is double number ? double.IsNaN(number) ? 3 : 0 : Time is not null ? 1 : Text is not null ? 2 : 3;
}
