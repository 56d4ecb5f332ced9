using System.Text.RegularExpressions;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>
/// MSVD (Chen and Dolan 2011): lines <c>id_start_end sentence</c>, or <c>video_corpus.csv</c>, of which the English sentences are taken, the clean ones where there are any;
/// videos <c>id_start_end.avi</c>; splits by <c>train_list.txt</c>, <c>val_list.txt</c>, <c>test_list.txt</c>. Pickled files are never read: unpickling runs programs.
/// </summary>
internal static partial class MsvdLayout
{
    public static readonly LayoutReader Reader = new(LayoutNames.Msvd, Recognise, Read);

    private static string? Table(SourceFolder source) => source.ListsWith(".csv").FirstOrDefault(l => CsvTable.Columns(source.Root.Full(l)).IsSupersetOf(["videoid", "start", "end", "language", "description"]));

    private static string? Text(SourceFolder source) => source.ListsWith(".txt").FirstOrDefault(l => source.Head(l).Where(IsSentence).ToArray() is { Length: > 0 } lines && lines.All(h => TextLine().IsMatch(h)));

    private static bool IsSentence(string line) => !line.StartsWith('#');

    private static string? Recognise(SourceFolder source)
    {
        if (Table(source) is { } table)
            return $"{table} has the columns VideoID, Start, End, Language, Description of MSVD.";
        return Text(source) is { } text ? $"{text} has lines id_start_end and a sentence, as MSVD has." : null;
    }

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        Dictionary<string, Split> splits = Splits(source);
        var set = new CaptionSet();
        int unlisted = 0;
        var sentences = Table(source) is { } table ? FromTable(source.Root.Full(table)) : source.Lines(Text(source)!).Where(IsSentence).Select(ListLine.AtFirstBlank);
        foreach (var cut in sentences.GroupBy(s => s.Name, s => s.Remainder, StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            bool listed = splits.TryGetValue(cut.Key, out Split split);
            unlisted += splits.Count > 0 && !listed ? 1 : 0;
            if (splits.Count > 0 && !listed)
                continue;
            (string? path, string? reason) = source.Files.FindStem(cut.Key);
            if (path is null)
                set.Problems.Add(cut.Key, reason!);
            else
                set.Add(path, listed ? split : null, cut, RecordingGroup.Of(cut.Key));
        }

        if (unlisted > 0)
            set.Problems.Add(".", $"{unlisted} videos with sentences are in none of the lists of splits and were left out.");
        return set.ToLayout(LayoutNames.Msvd);
    }

    private static IEnumerable<(string Name, string Remainder)> FromTable(string table)
    {
        var rows = CsvTable.Rows(table).Where(r => r.Field("language").Equals("English", StringComparison.OrdinalIgnoreCase))
            .Select(r => (Name: $"{r.Field("videoid")}_{r.Field("start")}_{r.Field("end")}", Remainder: r.Field("description"), IsClean: r.Field("source").Equals("clean", StringComparison.OrdinalIgnoreCase)));
        foreach (var cut in rows.GroupBy(r => r.Name, StringComparer.Ordinal))
        {
            bool anyClean = cut.Any(r => r.IsClean);
            foreach (var row in cut.Where(r => r.IsClean || !anyClean))
                yield return (row.Name, row.Remainder);
        }
    }

    private static Dictionary<string, Split> Splits(SourceFolder source)
    {
        var splits = new Dictionary<string, Split>(StringComparer.Ordinal);
        foreach (string list in source.Companions.Where(l => Path.GetFileNameWithoutExtension(l) is var n && n.EndsWith("list", StringComparison.OrdinalIgnoreCase)))
        {
            if (SplitNames.InFileName(list) is not { } split)
                continue;
            foreach (string line in source.Lines(list))
                splits.TryAdd(Path.GetFileNameWithoutExtension(ListLine.AtFirstBlank(line).Name), split);
        }

        return splits;
    }

    [GeneratedRegex(@"^\S{11}_\d+_\d+\s+\S.*$")]
    private static partial Regex TextLine();
}
