using System.Globalization;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>
/// A table <c>path,label[,split][,start,end][,group][,caption]</c> or <c>path,caption[,split]</c> with a header, in one file or one for each split; one row a sample, many rows may cut one
/// file. Also lists without a header, see <see cref="PathList"/>.
/// </summary>
internal static class CsvLayout
{
    public static readonly LayoutReader Reader = new(LayoutNames.Csv, Recognise, Read);

    private static string? Recognise(SourceFolder source)
    {
        if (Tables(source) is { Length: > 0 } tables)
            return $"{string.Join(", ", tables)} {(tables.Length == 1 ? "has" : "have")} the columns {string.Join(", ", CsvTable.Columns(source.Root.Full(tables[0])).Order(StringComparer.Ordinal))}.";
        return PathList.Lists(source) is { Length: > 0 } lists ? $"{string.Join(", ", lists)} {(lists.Length == 1 ? "has" : "have")} lines of a path and the number of a class." : null;
    }

    /// <summary>Those with labels, or else those with sentences. A table of sentences beside folders of classes adds to these.</summary>
    private static string[] Tables(SourceFolder source)
    {
        (string Table, IReadOnlySet<string> Columns)[] all =
        [
            .. source.ListsWith(".csv").Concat(source.ListsWith(".tsv")).Where(t => !t.Contains('/')).Select(t => (t, CsvTable.Columns(source.Root.Full(t)))).Where(t => t.Item2.Contains("path")),
        ];
        string[] labelled = [.. all.Where(t => t.Columns.Contains("label")).Select(t => t.Table)];
        if (labelled.Length > 0)
            return labelled;
        return [.. all.Where(t => t.Columns.Contains("caption") && (source.Named is not null || t.Table != CaptionTable.FileName || !FolderLayout.HasClasses(source.Root))).Select(t => t.Table)];
    }

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        string[] tables = Tables(source);
        if (tables.Length == 0)
            return PathList.Read(source, ct);
        Split?[] splits = [.. tables.Select(SplitNames.InFileName)];
        if (tables.Length > 1 && (splits.Contains(null) || splits.Distinct().Count() < tables.Length))
            return Layout.Refuse($"{source.Root.Path} holds {tables.Length} tables ({string.Join(", ", tables)}); name the one to import.");
        var rows = new Rows();
        for (int i = 0; i < tables.Length; i++)
            ReadTable(source.Root, tables[i], tables.Length > 1 ? splits[i] : null, rows, ct);
        return new Layout(LayoutNames.Csv, [.. rows.Entries], rows.Problems);
    }

    private static void ReadTable(RootFolder root, string table, Split? ofTable, Rows rows, CancellationToken ct)
    {
        bool hasLabels = CsvTable.Columns(root.Full(table)).Contains("label");
        foreach (var (line, field) in CsvTable.Rows(root.Full(table)))
        {
            ct.ThrowIfCancellationRequested();
            (ImportEntry? entry, string? reason) = ReadRow(root, field, hasLabels);
            reason ??= rows.Add(entry! with { Split = entry.Split ?? ofTable }, line);
            if (reason is not null)
                rows.Problems.Add(field("path") is { Length: > 0 } path ? path : table, $"Line {line} of {table}: {reason}.");
        }
    }

    private static (ImportEntry? Entry, string? Reason) ReadRow(RootFolder root, Func<string, string> field, bool hasLabels)
    {
        string path = field("path"), label = field("label"), splitName = field("split"), caption = field("caption");
        if (path.Length == 0)
            return (null, "the path is missing");
        if (hasLabels && label.Length == 0)
            return (null, "the label is missing");
        if (!hasLabels && caption.Length == 0)
            return (null, "the caption is missing");
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
        return (new ImportEntry(inside, label, split, start, end, caption.Length > 0 ? [caption] : []) { Group = field("group") }, null);
    }

    private static bool Seconds(string text, out double? seconds)
    {
        seconds = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
        return text.Length == 0 || seconds is >= 0 and < 1e7;
    }

    /// <summary>Samples by the part of the file that they are; rows that only add a sentence to one join it.</summary>
    private sealed class Rows
    {
        private readonly Dictionary<(string, double?, double?), (long Line, ImportEntry Entry)> _rows = [];

        public ProblemList Problems { get; } = new();

        public IEnumerable<ImportEntry> Entries => _rows.Values.Select(r => r.Entry);

        /// <returns>What is wrong, or null.</returns>
        public string? Add(ImportEntry entry, long line)
        {
            (string, double?, double?) part = (entry.Path, entry.Start, entry.End);
            if (_rows.TryAdd(part, (line, entry)))
                return null;
            (long before, ImportEntry first) = _rows[part];
            if (first.Label != entry.Label || first.Split != entry.Split || entry.Captions.Count == 0)
                return $"it names the same part of the file as line {before}";
            if (first.Captions is not List<string> captions)
                _rows[part] = (before, first with { Captions = captions = [.. first.Captions] });
            captions.AddRange(entry.Captions);
            return null;
        }
    }
}
