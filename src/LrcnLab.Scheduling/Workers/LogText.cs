using System.Text.RegularExpressions;

namespace LrcnLab.Scheduling.Workers;

/// <summary>Makes what a worker says fit to show.</summary>
internal static partial class LogText
{
    private const int MaxLength = 8_000;

    /// <summary>Without terminal colours and control characters, and not endless.</summary>
    public static string Clean(string text)
    {
        string plain = Unwanted().Replace(text, "");
        return plain.Length <= MaxLength ? plain : $"{plain.AsSpan(0, MaxLength)} … ({plain.Length:N0} characters)";
    }

    /// <summary>As <see cref="Clean"/>, with terminal colours (SGR) left in, for a log that is shown in colours.</summary>
    public static string CleanInColours(string text)
    {
        string coloured = Unwanted().Replace(text, m => Colour().IsMatch(m.ValueSpan) ? m.Value : "");
        return coloured.Length <= MaxLength ? coloured : Clean(text);
    }

    [GeneratedRegex(@"^\x1B\[[0-9;]*m$")]
    private static partial Regex Colour();

    // Escape sequences of terminals (ECMA-48 CSI and OSC), then control characters except tab and line end.
    [GeneratedRegex(@"\x1B\[[0-?]*[ -/]*[@-~]|\x1B\][^\x07\x1B]*(\x07|\x1B\\)|[\x00-\x08\x0B-\x1F\x7F-\x9F]")]
    private static partial Regex Unwanted();
}
