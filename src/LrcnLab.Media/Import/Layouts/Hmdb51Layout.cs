using System.Globalization;
using System.Text.RegularExpressions;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>HMDB51 (Kuehne et al. 2011): files <c>class_test_split1.txt</c> with lines <c>video.avi flag</c>, where 1 trains, 2 tests and 0 is left out.</summary>
internal static partial class Hmdb51Layout
{
    public static readonly LayoutReader Reader = new(LayoutNames.Hmdb51, Recognise, Read);

    private static string? Recognise(SourceFolder source) =>
        source.Lists.FirstOrDefault(l => ListName().IsMatch(Path.GetFileName(l))) is { } list ? $"{list} is a split file of HMDB51, as there is one for each class and split." : null;

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        (string List, string Class, int Number)[] lists =
        [
            .. source.Companions.Select(l => (List: l, Match: ListName().Match(Path.GetFileName(l)))).Where(l => l.Match.Success)
                .Select(l => (l.List, l.Match.Groups[1].Value, int.Parse(l.Match.Groups[2].Value, CultureInfo.InvariantCulture))),
        ];
        int[] numbers = [.. lists.Select(l => l.Number).Distinct().Order()];
        if (!numbers.Contains(options.SplitNumber))
            return Layout.Refuse($"Split {options.SplitNumber} has no files; there is {(numbers.Length == 1 ? "split" : "a choice of")} {string.Join(", ", numbers)}.");
        var entries = new Dictionary<string, ImportEntry>(StringComparer.Ordinal);
        var problems = new ProblemList();
        int unused = 0;
        foreach (var (list, label, _) in lists.Where(l => l.Number == options.SplitNumber))
        {
            foreach (string line in source.Lines(list))
            {
                ct.ThrowIfCancellationRequested();
                (string name, int? flag) = ListLine.WithNumber(line);
                unused += flag == 0 ? 1 : 0;
                if (flag == 0)
                    continue;
                (string? found, string? reason) = source.Files.Find($"{label}/{name}");
                if (flag is not (1 or 2))
                    problems.Add(name, $"{Path.GetFileName(list)} marks {name} with {flag?.ToString(CultureInfo.InvariantCulture) ?? "nothing"}; 0, 1 and 2 are known.");
                else if (found is null)
                    problems.Add(name, $"{Path.GetFileName(list)}: {reason}");
                else if (!entries.TryAdd(found, new ImportEntry(found, label, flag == 1 ? Split.Train : Split.Test, null, null, [])))
                    problems.Add(name, $"{Path.GetFileName(list)} names {name} although it was named before.");
            }
        }

        if (unused > 0)
            problems.Add(Path.GetDirectoryName(lists[0].List) is { Length: > 0 } folder ? folder : ".", $"{unused} videos are in neither part of split {options.SplitNumber} (flag 0) and were left out.");
        return new Layout(LayoutNames.Hmdb51, [.. entries.Values], problems) { SplitChoices = numbers.Length };
    }

    [GeneratedRegex(@"^(.+)_test_split([1-9])\.txt$", RegexOptions.IgnoreCase)]
    private static partial Regex ListName();
}
