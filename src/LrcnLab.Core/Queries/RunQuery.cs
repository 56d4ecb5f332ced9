namespace LrcnLab.Core.Queries;

/// <summary>A run, as a query sees it.</summary>
public interface IRunValues
{
    RunValue Get(RunField field);

    /// <summary>What a bare word is looked for in.</summary>
    IEnumerable<string> Words { get; }

    /// <summary>Compared one by one: a run is like one of them, or unlike all.</summary>
    IReadOnlyList<string> Tags { get; }
}

/// <summary>
/// A question that each run answers with yes or no:
/// <c>model.lstm.hidden >= 256 and best(validation/accuracy_top1) > 0.8 or state = failed</c>.
/// <c>and</c> binds before <c>or</c>; <c>not</c> and brackets as usual; <c>field in (a, b)</c>; <c>~</c> means contains; <c>= none</c> that there is no value;
/// a bare word is looked for in names. Times are dates (<c>2026-11-01</c>) or so long ago (<c>created > 2d</c>: in the last two days).
/// </summary>
public sealed class RunQuery
{
    private readonly Func<IRunValues, DateTime, bool> _matches;

    internal RunQuery(Func<IRunValues, DateTime, bool> matches, IReadOnlyList<RunField> fields) => (_matches, Fields) = (matches, fields);

    /// <summary>What it asks runs for.</summary>
    public IReadOnlyList<RunField> Fields { get; }

    /// <summary>An empty text is a query that every run answers with yes.</summary>
    public static (RunQuery? Query, QueryProblem? Problem) Parse(string? text)
    {
        (List<QueryToken> tokens, QueryProblem? problem) = QueryTokens.Read(text ?? "");
        return problem is null ? new RunQueryParser(tokens).Parse() : (null, problem);
    }

    /// <summary>A text as a query takes it for one value, whatever is in it.</summary>
    public static string Quote(string value) => $"\"{value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <param name="run">That is asked.</param>
    /// <param name="now">UTC, for times that are so long ago.</param>
    public bool Matches(IRunValues run, DateTime now) => _matches(run, now);
}
