using System.Text.RegularExpressions;
using LrcnLab.Core.Events;

namespace LrcnLab.Scheduling.Runs;

/// <summary>A line of a log that was found, or one beside it.</summary>
public sealed record LogHit(LogLine Line, bool IsHit);

/// <param name="Lines">By rising number; gaps between them were left out.</param>
/// <param name="Count">Lines that match, of which the newest are among <paramref name="Lines"/>.</param>
/// <param name="Searched">Lines that the log has.</param>
public sealed record LogHits(IReadOnlyList<LogHit> Lines, int Count, int Searched);

/// <summary>What is looked for in a log.</summary>
public sealed class LogSearch
{
    public const int MostContext = 20;

    /// <summary>The newest so many.</summary>
    public const int MostHits = 500;

    private readonly Regex? _pattern;
    private readonly LogLevel _level;
    private readonly int _context;

    private LogSearch(Regex? pattern, LogLevel level, int context) => (_pattern, _level, _context) = (pattern, level, context);

    /// <param name="pattern">A regular expression, without regard to case; empty for any text.</param>
    /// <param name="level">The least level of a hit.</param>
    /// <param name="context">Lines before and after each.</param>
    /// <returns>The search, or why it cannot be one.</returns>
    public static (LogSearch? Search, string? Refusal) Of(string? pattern, LogLevel level, int context)
    {
        if (context is < 0 or > MostContext)
            return (null, $"{context} lines of context are not allowed: from 0 to {MostContext}.");
        if (string.IsNullOrEmpty(pattern))
            return (new LogSearch(null, level, context), null);
        if (pattern.Length > 500)
            return (null, $"The pattern has {pattern.Length} characters: at most 500 are allowed.");
        try
        {
            // Without backtracking the time rises only with the length of the text, whatever the pattern.
            return (new LogSearch(new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking), level, context), null);
        }
        catch (NotSupportedException)
        {
            return (null, $"\"{pattern}\" looks around or back, which this search cannot do: write it without (?=…), (?<=…) and \\1.");
        }
        catch (RegexParseException e)
        {
            return (null, $"\"{pattern}\" is no regular expression: {e.Message[(e.Message.IndexOf("' at ", StringComparison.Ordinal) is >= 0 and int at ? at + 2 : 0)..]} To look for special characters as they are, write a \\ before them.");
        }
    }

    internal LogHits Over(IReadOnlyList<LogLine> lines)
    {
        List<int> hits = [];
        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i].Level >= _level && (_pattern is null || _pattern.IsMatch(lines[i].Message)))
                hits.Add(i);
        }

        var shown = new SortedDictionary<int, bool>();
        foreach (int hit in hits.TakeLast(MostHits))
        {
            for (int i = Math.Max(0, hit - _context); i <= Math.Min(lines.Count - 1, hit + _context); i++)
                shown.TryAdd(i, false);
            shown[hit] = true;
        }

        return new LogHits([.. shown.Select(s => new LogHit(lines[s.Key], s.Value))], hits.Count, lines.Count);
    }
}
