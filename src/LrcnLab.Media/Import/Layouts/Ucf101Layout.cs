using System.Globalization;
using System.Text.RegularExpressions;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>
/// UCF101 (Soomro, Zamir, Shah 2012): <c>classInd.txt</c> with ids from 1, three pairs <c>trainlist01.txt</c> (path and id) and <c>testlist01.txt</c> (path alone), the videos
/// below <c>UCF-101</c> or beside the lists.
/// </summary>
internal static partial class Ucf101Layout
{
    public static readonly LayoutReader Reader = new(LayoutNames.Ucf101, Recognise, Read);

    private static string? Recognise(SourceFolder source) =>
        Numbers(source) is { Length: > 0 } numbers ? $"{List(source, "train", numbers[0])} and {List(source, "test", numbers[0])} are the lists of UCF101." : null;

    /// <summary>Numbers of the splits that have both lists.</summary>
    private static int[] Numbers(SourceFolder source) =>
    [
        .. source.Lists.Select(l => ListName().Match(Path.GetFileName(l))).Where(m => m.Success).Select(m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture))
            .Distinct().Where(n => List(source, "train", n) is not null && List(source, "test", n) is not null).Order(),
    ];

    private static string? List(SourceFolder source, string part, int number) => source.Companions.FirstOrDefault(l =>
        ListName().Match(Path.GetFileName(l)) is { Success: true } m && m.Groups[1].Value.Equals(part, StringComparison.OrdinalIgnoreCase) && m.Groups[2].Value.TrimStart('0') == $"{number}");

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        int[] numbers = Numbers(source);
        if (!numbers.Contains(options.SplitNumber))
            return Layout.Refuse($"Split {options.SplitNumber} has no lists; there is {(numbers.Length == 1 ? "split" : "a choice of")} {string.Join(", ", numbers)}.");
        Dictionary<int, string> classes = ClassList.Read(source, "classInd.txt", firstId: 1);
        var entries = new Dictionary<string, ImportEntry>(StringComparer.Ordinal);
        var problems = new ProblemList();
        foreach (var (part, split) in new[] { ("train", Split.Train), ("test", Split.Test) })
        {
            string list = List(source, part, options.SplitNumber)!;
            foreach (string line in source.Lines(list))
            {
                ct.ThrowIfCancellationRequested();
                (string path, int? id) = ListLine.WithNumber(line);
                string folder = Path.GetFileName(Path.GetDirectoryName(path) ?? "");
                string label = folder.Length > 0 ? folder : id is { } i && classes.TryGetValue(i, out string? name) ? name : "";
                (string? found, string? reason) = source.Files.Find(path);
                if (label.Length == 0)
                    problems.Add(path, $"{Path.GetFileName(list)} gives {path} neither a folder nor a known class id.");
                else if (found is null)
                    problems.Add(path, $"{Path.GetFileName(list)}: {reason}");
                else if (!entries.TryAdd(found, new ImportEntry(found, label, split, null, null, [])))
                    problems.Add(path, $"{Path.GetFileName(list)} names {path} although it was named before.");
            }
        }

        return new Layout(LayoutNames.Ucf101, [.. entries.Values], problems)
        {
            SplitChoices = numbers.Length,
            Classes = classes.Count > 0 ? [.. classes.OrderBy(c => c.Key).Select(c => c.Value)] : null,
        };
    }

    [GeneratedRegex(@"^(train|test)list(\d{1,2})\.txt$", RegexOptions.IgnoreCase)]
    private static partial Regex ListName();
}
