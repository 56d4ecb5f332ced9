using System.Globalization;

namespace LrcnLab.Core.Queries;

/// <summary>Compares what runs have with what a query says.</summary>
internal static class RunComparison
{
    /// <param name="field">That is compared.</param>
    /// <param name="how">An operator of the grammar.</param>
    /// <param name="text">As it was written.</param>
    /// <param name="quoted">Whether it stood in quotation marks, so that it is no keyword.</param>
    /// <returns>The comparison, or why there is none, in words.</returns>
    public static (Func<RunValue, DateTime, bool>? Compare, string? Refusal) Of(RunField field, string how, string text, bool quoted)
    {
        if (!quoted && text.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return how is "=" or "==" ? ((value, _) => value.IsLast, null)
                : how == "!=" ? ((value, _) => !value.IsLast, null)
                : (null, $"none is compared with = and != only, not with {how}.");
        }

        if (how is "~" or "!~")
            return ((value, _) => value.ToString().Contains(text, StringComparison.OrdinalIgnoreCase) == (how == "~"), null);
        return field.ValueKind switch
        {
            RunValueKind.Number => Number(text) is double number ? Numbers(how, number) : (null, $"{field} is a number, and \"{text}\" is none."),
            RunValueKind.Duration => Seconds(text) is double seconds ? Numbers(how, seconds) : (null, $"{field} is a time span, and \"{text}\" is none: 90s, 5m, 2h and 1d are."),
            RunValueKind.Time => Times(field, how, text),
            RunValueKind.Any when Number(text) is double number => ((value, _) => value.Number is double found ? Holds(how, found.CompareTo(number)) : how == "!=", null),
            _ => ((value, _) => value.Text is { } found ? Holds(how, string.Compare(found, text, StringComparison.OrdinalIgnoreCase)) : how == "!=", null),
        };
    }

    private static (Func<RunValue, DateTime, bool>? Compare, string? Refusal) Numbers(string how, double number) =>
        ((value, _) => value.Number is double found && !double.IsNaN(found) ? Holds(how, found.CompareTo(number)) : how == "!=", null);

    private static (Func<RunValue, DateTime, bool>? Compare, string? Refusal) Times(RunField field, string how, string text)
    {
        if (Seconds(text) is double ago && !char.IsAsciiDigit(text[^1]))
            return ((value, now) => value.Time is { } found ? Holds(how, found.CompareTo(now.AddSeconds(-ago))) : how == "!=", null);
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime time))
            return (null, $"{field} is a time, and \"{text}\" is none: 2026-11-01, 2026-11-01T14:30 and 2d (two days ago) are.");
        // A day without a time is the whole day.
        bool day = text.Length <= 10;
        return ((value, _) => value.Time is { } found ? Holds(how, (day ? found.Date : found).CompareTo(time)) : how == "!=", null);
    }

    private static bool Holds(string how, int order) => how switch
    {
        "=" or "==" => order == 0,
        "!=" => order != 0,
        ">" => order > 0,
        ">=" => order >= 0,
        "<" => order < 0,
        _ => order <= 0,
    };

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static double? Seconds(string text)
    {
        if (text.Length == 0)
            return null;
        double factor = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, 'w' => 7 * 86_400, _ => 0 };
        double? number = Number(factor == 0 ? text : text[..^1]);
        return number is >= 0 and < 1e9 ? number * (factor == 0 ? 1 : factor) : null;
    }
}
