using System.Globalization;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import;

/// <summary>A table <c>path,label,split,start,end[,caption]</c>; one row a sample, many rows may cut one file.</summary>
internal static class CsvLayout
{
    public const string Name = "csv";

    public static bool IsTable(string file) =>
        Path.GetExtension(file).Equals(".csv", StringComparison.OrdinalIgnoreCase) && CsvTable.Columns(file).IsSupersetOf(["path", "label"]);

    public static Layout Read(RootFolder root, string table, CancellationToken ct)
    {
        string name = Path.GetFileName(table);
        if (!IsTable(table))
            return Layout.Refuse($"{table} is no table of samples: its first row must name at least the columns path and label.");
        var entries = new Dictionary<(string, double?, double?), (long Line, ImportEntry Entry)>();
        var problems = new List<SampleProblem>();
        foreach (var (line, field) in CsvTable.Rows(table))
        {
            ct.ThrowIfCancellationRequested();
            (ImportEntry? entry, string? reason) = ReadRow(root, field);
            if (entry is not null && entries.TryGetValue((entry.Path, entry.Start, entry.End), out var before))
                reason = $"it names the same part of the file as line {before.Line}";
            if (reason is not null)
                problems.Add(new SampleProblem(field("path") is { Length: > 0 } path ? path : name, $"Line {line} of {name}: {reason}."));
            else
                entries.Add((entry!.Path, entry.Start, entry.End), (line, entry));
        }

        return new Layout(Name, [.. entries.Values.Select(e => e.Entry)], problems);
    }

    private static (ImportEntry? Entry, string? Reason) ReadRow(RootFolder root, Func<string, string> field)
    {
        string path = field("path"), label = field("label"), splitName = field("split");
        if (path.Length == 0)
            return (null, "the path is missing");
        if (label.Length == 0)
            return (null, "the label is missing");
        if (root.Inside(path) is not { } inside)
            return (null, $"{path} leads out of the table's folder");
        Split? split = SplitNames.Parse(splitName);
        if (splitName.Length > 0 && split is null)
            return (null, $"the split {splitName} is not {SplitNames.Allowed}");
        if (!Seconds(field("start"), out double? start))
            return (null, $"the start {field("start")} is no number of seconds");
        if (!Seconds(field("end"), out double? end))
            return (null, $"the end {field("end")} is no number of seconds");
        if (end <= (start ?? 0))
            return (null, $"the end ({field("end")}) is not after the start ({(start is null ? "0" : field("start"))})");
        string caption = field("caption");
        return (new ImportEntry(inside, label, split, start, end, caption.Length > 0 ? [caption] : []), null);
    }

    private static bool Seconds(string text, out double? seconds)
    {
        seconds = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
        return text.Length == 0 || seconds is >= 0 and < 1e7;
    }
}
