using System.Globalization;
using System.Text.RegularExpressions;

namespace LrcnLab.Web.Features.Runs.Logs;

/// <summary>A piece of a line in one colour.</summary>
/// <param name="Class">CSS classes; empty for plain text.</param>
public sealed record AnsiPiece(string Text, string Class);

/// <summary>Text with terminal colours (ECMA-48 SGR): the 16 colours, bold, faint and underline; other codes are passed over.</summary>
public static partial class AnsiText
{
    public static IReadOnlyList<AnsiPiece> Pieces(string text)
    {
        if (!text.Contains('\u001b', StringComparison.Ordinal))
            return [new AnsiPiece(text, "")];
        var pieces = new List<AnsiPiece>();
        var style = new SortedSet<string>(StringComparer.Ordinal);
        int from = 0;
        foreach (Match code in Sgr().Matches(text))
        {
            Add(text[from..code.Index]);
            Apply(code.Groups[1].Value, style);
            from = code.Index + code.Length;
        }

        Add(text[from..]);
        return pieces;

        void Add(string piece)
        {
            if (piece.Length > 0)
                pieces.Add(new AnsiPiece(piece, string.Join(' ', style)));
        }
    }

    public static string Plain(string text) => text.Contains('\u001b', StringComparison.Ordinal) ? Sgr().Replace(text, "") : text;

    private static void Apply(string codes, SortedSet<string> style)
    {
        string[] parts = codes.Length == 0 ? ["0"] : codes.Split(';');
        for (int i = 0; i < parts.Length; i++)
        {
            _ = int.TryParse(parts[i], CultureInfo.InvariantCulture, out int code);
            if (code is 38 or 48)
            {
                // A colour of 256 or of 16 million: its numbers are no codes.
                i += i + 1 < parts.Length && parts[i + 1] == "2" ? 4 : 2;
                continue;
            }

            if (code == 0)
                style.Clear();
            else if (code is 1 or 2 or 4)
                style.Add(code == 1 ? "sgr-bold" : code == 2 ? "sgr-faint" : "sgr-underline");
            else if (code is 22)
                style.ExceptWith(["sgr-bold", "sgr-faint"]);
            else if (code is 24)
                style.Remove("sgr-underline");
            else if (code is (>= 30 and <= 37) or (>= 90 and <= 97) or 39)
                Colour(code);
        }

        void Colour(int code)
        {
            style.RemoveWhere(c => c.StartsWith("sgr-c", StringComparison.Ordinal));
            if (code != 39)
                style.Add($"sgr-c{code % 10}");
        }
    }

    [GeneratedRegex(@"\x1B\[([0-9;]*)m")]
    private static partial Regex Sgr();
}
