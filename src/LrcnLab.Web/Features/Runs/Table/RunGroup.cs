using LrcnLab.Core.Queries;
using LrcnLab.Core.Statistics;

namespace LrcnLab.Web.Features.Runs.Table;

/// <summary>Runs of a table that have the same value.</summary>
/// <param name="Key">That value, as text.</param>
/// <param name="Title">For people.</param>
public record RunGroup(string Key, string Title, IReadOnlyList<RunTableRow> Rows)
{
    /// <summary>Groups in the order in which their first runs stand; a table without groups has none.</summary>
    public static IReadOnlyList<RunGroup> Of(RunTableData table) => table.Group is not { } field ? [] :
    [
        .. table.Rows.GroupBy(r => r.Entry.Get(field).ToString(), StringComparer.OrdinalIgnoreCase).Select(g => new RunGroup(g.Key, Name(field, g.Key, [.. g]), [.. g])),
    ];

    /// <summary>Mean and spread of a column over the group's runs that have a number; null where fewer than two have.</summary>
    public MeanEstimate? Mean(RunField column)
    {
        double[] values = [.. Rows.Select(r => r.Entry.Get(column).Number).OfType<double>().Where(double.IsFinite)];
        return values.Length < 2 ? null : MeanEstimate.Of(values);
    }

    private static string Name(RunField field, string key, RunTableRow[] rows) =>
        field is { Kind: RunFieldKind.Property, Name: "bundle" } ? rows.Length == 1 ? rows[0].Run.Name : $"{rows.MinBy(r => r.Run.CreatedAt)!.Run.Name} and other seeds"
        : $"{field}: {(key.Length == 0 ? "none" : RunColumns.Text(field, rows[0].Entry.Get(field)))}";
}

/// <summary>A line of a table: a run, or the head of a group.</summary>
/// <param name="Group">The head of it; null for a run.</param>
public sealed record RunTableLine(RunTableRow? Row, RunGroup? Group)
{
    /// <summary>Lines of a table with its groups, of which some are closed.</summary>
    public static IReadOnlyList<RunTableLine> Of(RunTableData table, IReadOnlyList<RunGroup> groups, IReadOnlySet<string> closed) => table.Group is null
        ? [.. table.Rows.Select(r => new RunTableLine(r, null))]
        : [.. groups.SelectMany(g => (IEnumerable<RunTableLine>)[new RunTableLine(null, g), .. closed.Contains(g.Key) ? [] : g.Rows.Select(r => new RunTableLine(r, null))])];
}
