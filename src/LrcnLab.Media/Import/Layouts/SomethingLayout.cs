using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>
/// Something-Something (Goyal et al. 2017). Version 2: JSON lists of <c>id, label, template</c> and <c>labels.json</c> with the templates without brackets, videos <c>id.webm</c>.
/// Version 1: tables <c>id;template</c> without a header, folders of frames <c>id/00001.jpg</c>.
/// </summary>
internal static partial class SomethingLayout
{
    public static readonly LayoutReader Reader = new(LayoutNames.SomethingSomething, Recognise, Read);

    private sealed record Row(string Id, string Template);

    private static string? Recognise(SourceFolder source)
    {
        if (JsonLists(source).FirstOrDefault() is { } json)
            return $"{json} lists videos by id and template, as Something-Something does.";
        return Tables(source).FirstOrDefault() is { } table ? $"{table} has lines id;template, as the first Something-Something has." : null;
    }

    private static IEnumerable<string> JsonLists(SourceFolder source) =>
        source.ListsWith(".json").Where(l => JsonFile.Shape(source.Root.Full(l)) is var shape && shape.Contains("[].id") && shape.Contains("[].template"));

    private static IEnumerable<string> Tables(SourceFolder source) =>
        source.ListsWith(".csv").Where(l => source.Head(l) is { Count: > 0 } head && head.All(h => TableLine().IsMatch(h)) && SplitNames.InFileName(l) is Split.Train or Split.Validation);

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        string[] lists = [.. JsonLists(source)];
        bool isJson = lists.Length > 0;
        if (!isJson)
            lists = [.. Tables(source)];
        var entries = new Dictionary<string, ImportEntry>(StringComparer.Ordinal);
        var problems = new ProblemList();
        string[] bases = isJson ? [] : FrameBases(source);
        foreach (string list in lists.Concat(isJson ? TestLists(source, lists) : []))
        {
            Split? split = SplitNames.InFileName(list);
            IReadOnlyDictionary<string, string> answers = split == Split.Test ? Answers(source) : new Dictionary<string, string>();
            foreach (Row row in isJson ? Rows(source, list) : Rows(source.Lines(list)))
            {
                ct.ThrowIfCancellationRequested();
                string label = row.Template.Length > 0 ? row.Template : answers.GetValueOrDefault(row.Id, "");
                (string? path, string? reason) = isJson ? source.Files.FindStem(row.Id) : Frames(source, bases, row.Id);
                if (label.Length == 0)
                    problems.Add(row.Id, $"{Path.GetFileName(list)} has no label for {row.Id}, as the test part is published without.");
                else if (path is null)
                    problems.Add(row.Id, $"{Path.GetFileName(list)}: {reason}");
                else if (!entries.TryAdd(path, new ImportEntry(path, label, split, null, null, [])))
                    problems.Add(row.Id, $"{Path.GetFileName(list)} names {row.Id} although it was named before.");
            }
        }

        return new Layout(LayoutNames.SomethingSomething, [.. entries.Values], problems) { Classes = Labels(source, isJson) };
    }

    private static IEnumerable<Row> Rows(SourceFolder source, string list)
    {
        using JsonDocument document = JsonFile.Read(source.Root.Full(list));
        foreach (JsonElement item in document.RootElement.EnumerateArray())
            yield return new Row(JsonFile.Text(item, "id"), Plain(JsonFile.Text(item, "template")));
    }

    private static IEnumerable<Row> Rows(IEnumerable<string> lines) => lines.Select(l => l.Split(';', 2)).Select(p => new Row(p[0], p.Length > 1 ? Plain(p[1]) : ""));

    /// <summary>The published test list holds ids only, so its shape says nothing; its name does.</summary>
    private static IEnumerable<string> TestLists(SourceFolder source, string[] others) =>
        source.ListsWith(".json").Where(l => !others.Contains(l) && SplitNames.InFileName(l) == Split.Test && JsonFile.Shape(source.Root.Full(l)).Contains("[].id"));

    private static Dictionary<string, string> Answers(SourceFolder source)
    {
        string? list = source.Companions.FirstOrDefault(l => Path.GetFileName(l).EndsWith("test-answers.csv", StringComparison.OrdinalIgnoreCase));
        return list is null ? [] : Rows(source.Lines(list)).Where(r => r.Template.Length > 0).DistinctBy(r => r.Id).ToDictionary(r => r.Id, r => r.Template, StringComparer.Ordinal);
    }

    /// <summary>In the order of their published numbers.</summary>
    private static string[]? Labels(SourceFolder source, bool isJson)
    {
        string? list = source.Companions.FirstOrDefault(l => Path.GetFileNameWithoutExtension(l).EndsWith("labels", StringComparison.OrdinalIgnoreCase) && l.EndsWith(isJson ? ".json" : ".csv", StringComparison.OrdinalIgnoreCase));
        if (list is null)
            return null;
        if (!isJson)
            return [.. source.Lines(list).Select(Plain).Distinct()];
        using JsonDocument document = JsonFile.Read(source.Root.Full(list));
        return document.RootElement.ValueKind != JsonValueKind.Object ? null
            : [.. document.RootElement.EnumerateObject().OrderBy(p => int.TryParse(p.Value.ToString(), CultureInfo.InvariantCulture, out int id) ? id : int.MaxValue).Select(p => Plain(p.Name)).Distinct()];
    }

    /// <summary>Folders in which the videos' own folders may lie.</summary>
    private static string[] FrameBases(SourceFolder source) =>
        ["", .. RootFolder.Folders(source.Root.Path).Select(Path.GetFileName).Where(n => !n!.All(char.IsAsciiDigit)).Take(20).Select(n => n + "/")];

    private static (string? Path, string? Reason) Frames(SourceFolder source, string[] bases, string id) =>
        bases.Select(b => b + id).FirstOrDefault(p => source.Root.Inside(p) is not null && Directory.Exists(source.Root.Full(p))) is { } path ? (path, null) : (null, $"There is no folder {id}.");

    private static string Plain(string template) => template.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Trim();

    [GeneratedRegex(@"^\d+;\S.*$")]
    private static partial Regex TableLine();
}
