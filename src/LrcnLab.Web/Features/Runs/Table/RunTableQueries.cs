using LrcnLab.Core.Queries;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;

namespace LrcnLab.Web.Features.Runs.Table;

/// <summary>What a table of runs is asked for.</summary>
/// <param name="Query">See <see cref="RunQuery"/>; empty for all.</param>
/// <param name="Sort">A field, with a minus before it for the largest first; null for the newest first.</param>
/// <param name="Columns">Fields whose values are wanted.</param>
/// <param name="Group">A field whose equal values bring runs together; null for none.</param>
public sealed record RunTableRequest(string? Query, string? Sort, IReadOnlyList<string> Columns, string? Group = null);

/// <summary>A run in a table; its values are looked up when they are shown.</summary>
public sealed record RunTableRow(RunEntry Entry)
{
    public RunRow Run => Entry.Row;
}

/// <summary>What a table shows.</summary>
/// <param name="Total">Runs that are neither in the bin nor archived; with those when the query asks for them.</param>
/// <param name="Columns">That were asked for.</param>
/// <param name="Rows">That the query finds, in order.</param>
/// <param name="Group">The field by which they are grouped; null for none.</param>
public sealed record RunTableData(int Total, IReadOnlyList<RunField> Columns, IReadOnlyList<RunTableRow> Rows, RunField? Group = null);

/// <summary>What is wrong with the asking.</summary>
/// <param name="Field"><c>query</c>, <c>sort</c>, <c>group</c> or <c>column</c>.</param>
/// <param name="Place">Where in a query; null elsewhere.</param>
public sealed record RunTableProblem(string Field, string Message, QueryProblem? Place);

/// <summary>Tables of runs: any field as a column, filtered by a query, sorted by any field.</summary>
public sealed class RunTableQueries(RunIndex index, TimeProvider clock)
{
    /// <returns>The table, or why there is none.</returns>
    public async Task<(RunTableData? Table, RunTableProblem? Problem)> ReadAsync(RunTableRequest request, CancellationToken cancellationToken)
    {
        (RunQuery? query, QueryProblem? place) = RunQuery.Parse(request.Query);
        if (query is null)
            return (null, new RunTableProblem("query", place!.Message, place));
        var columns = new List<RunField>();
        foreach (string text in request.Columns)
        {
            (RunField? column, string? problem) = RunField.Parse(text);
            if (column is null)
                return (null, new RunTableProblem("column", problem!, null));
            columns.Add(column);
        }

        bool falling = request.Sort?.StartsWith('-') == true;
        RunField? sort = null;
        if (request.Sort?.TrimStart('-') is { Length: > 0 } by)
        {
            (sort, string? problem) = RunField.Parse(by);
            if (sort is null)
                return (null, new RunTableProblem("sort", problem!, null));
        }

        RunField? group = null;
        if (request.Group is { Length: > 0 } asked)
        {
            (group, string? problem) = RunField.Parse(asked);
            if (group is null)
                return (null, new RunTableProblem("group", problem!, null));
        }

        // Values at an epoch cost a look into history: for columns alone, only where the query finds something.
        RunField[] deciding = [.. query.Fields, .. ((RunField?[])[sort, group]).OfType<RunField>()];
        IReadOnlyList<RunEntry> all = await index.ReadAsync([.. deciding, .. columns.Where(c => c.Kind != RunFieldKind.At)], cancellationToken);
        if (UnknownSetting([.. deciding, .. columns]) is { } unknown)
            return (null, new RunTableProblem(query.Fields.Contains(unknown) ? "query" : "column", SimilarTo(unknown), Place(request.Query, query, unknown)));
        DateTime now = clock.GetUtcNow().UtcDateTime;
        // What was put away is there for those who ask.
        if (query.Fields.All(f => f.Name is not ("archived" or "id")))
            all = [.. all.Where(e => e.Row.ArchivedAt is null)];
        RunEntry[] found = [.. all.Where(e => query.Matches(e, now))];
        if (sort is not null)
            found = Sorted(found, sort, falling);
        await index.CompleteAsync(found, columns, cancellationToken);
        return (new RunTableData(all.Count, columns, [.. found.Select(e => new RunTableRow(e))], group), null);
    }

    /// <summary>Everything that some run has a value for, for suggestions.</summary>
    public async Task<IReadOnlyList<string>> FieldsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RunEntry> all = await index.ReadAsync([new RunField(RunFieldKind.Setting, "")], cancellationToken);
        IEnumerable<string> metrics = all.SelectMany(e => e.Row.Metrics.Keys).Distinct().Order(StringComparer.Ordinal);
        return [.. RunField.Properties.Keys, .. metrics.SelectMany(m => (string[])[$"best({m})", $"last({m})"]), .. index.Settings];
    }

    /// <summary>What may stand at a place of a query that somebody writes.</summary>
    public async Task<Completion> CompleteAsync(string text, int at, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunEntry> all = await index.ReadAsync([new RunField(RunFieldKind.Setting, "")], cancellationToken);
        return QueryCompletion.At(text, at, await FieldsAsync(cancellationToken), field => Values(field, all));
    }

    /// <summary>What runs have for a field, the most frequent first; nothing for what is measured.</summary>
    private static IEnumerable<string> Values(string text, IReadOnlyList<RunEntry> all)
    {
        if (RunField.Parse(text).Field is not { Kind: RunFieldKind.Property or RunFieldKind.Setting } field || field.ValueKind is RunValueKind.Time or RunValueKind.Duration or RunValueKind.Number)
            return [];
        IEnumerable<string> values = field.Name == "state" ? Enum.GetValues<RunState>().Select(s => s.Word())
            : field.Name == "tag" ? all.SelectMany(e => e.Row.Tags)
            : all.Select(e => e.Get(field)).Where(v => !v.IsNone).Select(v => v.ToString());
        return values.Where(v => v.Length <= 100).CountBy(v => v).OrderByDescending(v => v.Value).Select(v => v.Key).Append("none");
    }

    private static RunEntry[] Sorted(RunEntry[] found, RunField field, bool falling)
    {
        (RunEntry Entry, RunValue Value)[] values = [.. found.Select(e => (e, e.Get(field)))];
        IOrderedEnumerable<(RunEntry Entry, RunValue Value)> last = values.OrderBy(v => v.Value.IsLast);
        return [.. (falling ? last.ThenByDescending(v => v.Value, RunValue.Order) : last.ThenBy(v => v.Value, RunValue.Order)).Select(v => v.Entry)];
    }

    private RunField? UnknownSetting(IEnumerable<RunField> fields) => fields.FirstOrDefault(f => f.Kind == RunFieldKind.Setting && !index.Settings.Contains(f.Name));

    private string SimilarTo(RunField field)
    {
        string[] parts = field.Name.Split('.');
        string[] similar = [.. index.Settings.OrderByDescending(s => s.Split('.').Intersect(parts).Count()).ThenBy(s => Math.Abs(s.Length - field.Name.Length)).Take(3)];
        return $"There is no setting \"{field.Name}\"; similar are {string.Join(", ", similar)}.";
    }

    private static QueryProblem? Place(string? text, RunQuery query, RunField field) =>
        query.Fields.Contains(field) && text?.IndexOf(field.Name, StringComparison.OrdinalIgnoreCase) is >= 0 and int at ? new QueryProblem(at, field.Name.Length, "") : null;
}
