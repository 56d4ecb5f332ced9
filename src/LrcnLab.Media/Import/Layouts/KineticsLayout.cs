using System.Globalization;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>
/// Kinetics (Kay et al. 2017): tables <c>label,youtube_id,time_start,time_end,split</c>, one for each split or one for all; the videos are
/// <c>class_with_underscores/id_000010_000020.mp4</c>, already cut, or whole as <c>id.mp4</c>.
/// </summary>
internal static class KineticsLayout
{
    public static readonly LayoutReader Reader = new(LayoutNames.Kinetics, Recognise, Read);

    private static string[] Tables(SourceFolder source) => [.. source.ListsWith(".csv").Where(t => CsvTable.Columns(source.Root.Full(t)).IsSupersetOf(["youtube_id", "time_start", "time_end"]))];

    private static string? Recognise(SourceFolder source) =>
        Tables(source) is { Length: > 0 } tables ? $"{string.Join(", ", tables)} {(tables.Length == 1 ? "has" : "have")} the columns youtube_id, time_start, time_end of Kinetics." : null;

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        var entries = new Dictionary<(string, double?), ImportEntry>();
        var problems = new ProblemList();
        foreach (string table in Tables(source))
        {
            Split? ofTable = SplitNames.InFileName(table);
            foreach (var (line, field) in CsvTable.Rows(source.Root.Full(table)))
            {
                ct.ThrowIfCancellationRequested();
                (ImportEntry? entry, string? reason) = ReadRow(source, field, ofTable);
                if (entry is not null && !entries.TryAdd((entry.Path, entry.Start), entry))
                    reason = "it was named before";
                if (reason is not null)
                    problems.Add(field("youtube_id") is { Length: > 0 } id ? id : table, $"Line {line} of {Path.GetFileName(table)}: {reason}");
            }
        }

        return new Layout(LayoutNames.Kinetics, [.. entries.Values], problems);
    }

    private static (ImportEntry?, string?) ReadRow(SourceFolder source, Func<string, string> field, Split? ofTable)
    {
        string id = field("youtube_id"), label = field("label"), split = field("split");
        if (id.Length == 0)
            return (null, "youtube_id is missing.");
        if (label.Length == 0)
            return (null, $"{id} has no label, as the test part is published without.");
        if (!Second(field("time_start"), out double start) || !Second(field("time_end"), out double end) || end <= start)
            return (null, $"time_start {field("time_start")} and time_end {field("time_end")} of {id} are no seconds in order.");
        string folder = label.Replace(' ', '_'), cut = string.Create(CultureInfo.InvariantCulture, $"{id}_{Math.Round(start):000000}_{Math.Round(end):000000}");
        (string? path, string? reason) = source.Files.FindStem(cut, folder);
        bool whole = path is null;
        if (whole)
            path = source.Files.FindStem(id, folder).Path;
        if (path is null)
            return (null, reason!);
        return (new ImportEntry(path, label, SplitNames.Parse(split) ?? ofTable, whole ? start : null, whole ? end : null, []) { Group = id }, null);
    }

    private static bool Second(string text, out double second) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out second) && second is >= 0 and < 1e6;
}
