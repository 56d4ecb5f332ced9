using LrcnLab.Core.Queries;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Features.Runs.Table;

namespace LrcnLab.Web.Features.Compare;

/// <summary>A run of a comparison, with how it is drawn.</summary>
/// <param name="Group">That it belongs to; null without groups.</param>
/// <param name="Dash">Whether its line is dashed.</param>
public sealed record ComparedRun(RunEntry Entry, string Color, ComparedGroup? Group, bool Dash)
{
    public RunRow Run => Entry.Row;
}

/// <summary>Runs of a comparison that have one value in common.</summary>
/// <param name="Group">The runs.</param>
public sealed record ComparedGroup(RunGroup Group, string Color) : RunGroup(Group);

/// <summary>Runs side by side, in groups where a field is given: the same colour for a group, another line for another style.</summary>
public sealed record Comparison(IReadOnlyList<ComparedRun> Runs, IReadOnlyList<ComparedGroup> Groups)
{
    public static readonly Comparison None = new([], []);

    /// <param name="table">The runs, with the field that groups them, if any.</param>
    /// <param name="style">A field whose values tell lines apart; null for none.</param>
    public static Comparison Of(RunTableData table, RunField? style)
    {
        IReadOnlyList<RunGroup> groups = RunGroup.Of(table);
        ComparedGroup[] colored = [.. groups.Select((g, i) => new ComparedGroup(g, RunColor.Of(i)))];
        IReadOnlyList<string> own = RunColor.Distinct([.. table.Rows.Select(r => r.Run.Id)]);
        string[] styles = style is null ? [] : [.. table.Rows.Select(r => r.Entry.Get(style).ToString()).Distinct()];
        return new Comparison(
            [.. table.Rows.Select((row, i) =>
            {
                ComparedGroup? group = colored.FirstOrDefault(g => g.Rows.Contains(row));
                // Two lines can be told apart at a glance: the first value is drawn through, all others are dashed.
                return new ComparedRun(row.Entry, group?.Color ?? own[i], group, style is not null && Array.IndexOf(styles, row.Entry.Get(style).ToString()) > 0);
            })],
            colored);
    }
}
