using System.Globalization;
using System.Text.RegularExpressions;
using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>
/// Lists without a header as SlowFast and mmaction2 read them: <c>path label</c>, and <c>folder frames label</c> for frames that were drawn out before. Labels are numbers; their names
/// stand in a list of classes where there is one. One list a split, told by its name.
/// </summary>
internal static partial class PathList
{
    private static readonly string[] NamesOfClasses = ["label_map.txt", "classes.txt", "class_names.txt", "label_names.txt", "labels.txt"];
    private static readonly string[] Endings = [".txt", ".csv", ".tsv"];

    public static string[] Lists(SourceFolder source) =>
        [.. source.Lists.Where(l => Endings.Contains(Path.GetExtension(l).ToLowerInvariant()) && source.Head(l) is { Count: > 0 } head && head.All(h => Line().IsMatch(h)))];

    public static Layout Read(SourceFolder source, CancellationToken ct)
    {
        string[] lists = Lists(source);
        Split?[] splits = [.. lists.Select(SplitNames.InFileName)];
        if (lists.Length > 1 && (splits.Contains(null) || splits.Distinct().Count() < lists.Length))
            return Layout.Refuse($"{source.Root.Path} holds {lists.Length} lists ({string.Join(", ", lists)}); name the one to import.");
        Dictionary<int, string> classes = Classes(source);
        var entries = new Dictionary<string, ImportEntry>(StringComparer.Ordinal);
        var problems = new ProblemList();
        var labels = new SortedSet<int>();
        for (int i = 0; i < lists.Length; i++)
        {
            foreach (string line in source.Lines(lists[i]))
            {
                ct.ThrowIfCancellationRequested();
                (string path, int? label) = ListLine.WithNumber(line);
                (string before, int? frames) = ListLine.WithNumber(path);
                bool isFolder = frames is not null && !MediaFile.IsMedia(path);
                (string? found, string? reason) = isFolder ? FindFolder(source, before) : source.Files.Find(path);
                if (label is not { } number)
                    problems.Add(path, $"{lists[i]} gives {path} no number of a class.");
                else if (found is null)
                    problems.Add(isFolder ? before : path, $"{lists[i]}: {reason}");
                else if (!entries.TryAdd(found, new ImportEntry(found, Name(number), splits[i], null, null, [])))
                    problems.Add(path, $"{lists[i]} names {path} although it was named before.");
                else
                    labels.Add(number);
            }
        }

        return new Layout(LayoutNames.Csv, [.. entries.Values], problems) { Classes = [.. labels.Select(Name)] };

        string Name(int label) => classes.GetValueOrDefault(label, label.ToString(CultureInfo.InvariantCulture));
    }

    private static Dictionary<int, string> Classes(SourceFolder source)
    {
        string? list = source.Companions.Select(l => Path.GetFileName(l)).FirstOrDefault(l => NamesOfClasses.Any(n => l.EndsWith(n, StringComparison.OrdinalIgnoreCase)));
        return list is null ? [] : ClassList.Read(source, list, firstId: 0);
    }

    /// <summary>The publisher's root was another one: shorter ends of the path are tried, below the folder and below those in it.</summary>
    private static (string? Path, string? Reason) FindFolder(SourceFolder source, string path)
    {
        string[] bases = ["", .. RootFolder.Folders(source.Root.Path).Take(50).Select(f => Path.GetFileName(f) + "/")];
        for (string end = path.Trim('/'); end.Length > 0; end = end.Contains('/') ? end[(end.IndexOf('/') + 1)..] : "")
        {
            if (bases.Select(b => source.Root.Inside(b + end)).FirstOrDefault(p => p is not null && p != "." && Directory.Exists(source.Root.Full(p))) is { } found)
                return (found, null);
        }

        return (null, source.Root.Inside(path) is null ? $"{path} leads out of the data set's folder." : $"The folder {path} does not exist.");
    }

    /// <summary>A path shows itself by a slash, by the ending of a video, or by the two numbers that follow a folder's name.</summary>
    [GeneratedRegex(@"^(?:(?:\S.*/.*|\S.*\.[A-Za-z0-9]{2,4})[ \t,]+\d+|\S*[A-Za-z]\S*[ \t]+\d+[ \t]+\d+)$")]
    private static partial Regex Line();
}
