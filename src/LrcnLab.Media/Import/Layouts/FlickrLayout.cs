using System.Text.RegularExpressions;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>
/// Flickr8k and Flickr30k (Hodosh 2013, Young 2014): lines <c>photo.jpg#0 sentence</c>, or the tables that Kaggle has (<c>image,caption</c> and
/// <c>image_name| comment_number| comment</c>); splits by lists such as <c>Flickr_8k.trainImages.txt</c>.
/// </summary>
internal static partial class FlickrLayout
{
    public static readonly LayoutReader Reader = new(LayoutNames.Flickr, Recognise, Read);

    private static string? Tokens(SourceFolder source) => source.Lists.FirstOrDefault(l => source.Head(l) is { Count: > 0 } head && head.All(h => TokenLine().IsMatch(h)));

    /// <summary>Lists with all pictures: some copies have the sentences lemmatized in a second file.</summary>
    private static string? Table(SourceFolder source) => source.Lists.FirstOrDefault(l => source.Head(l) is { Count: > 1 } head && head[0].Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() is "image,caption" or "image_name|comment_number|comment");

    private static string? Recognise(SourceFolder source)
    {
        if (Tokens(source) is { } tokens)
            return $"{tokens} has lines photo.jpg#0 and a sentence, as Flickr8k and Flickr30k have.";
        return Table(source) is { } table ? $"{table} has the columns {source.Head(table)[0]}, as Flickr8k and Flickr30k have on Kaggle." : null;
    }

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        Dictionary<string, Split> splits = Splits(source);
        var set = new CaptionSet();
        int unlisted = 0;
        foreach (var picture in Sentences(source, set.Problems).GroupBy(s => s.Name, s => s.Sentence, StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            bool listed = splits.TryGetValue(Path.GetFileNameWithoutExtension(picture.Key), out Split split);
            unlisted += splits.Count > 0 && !listed ? 1 : 0;
            if (splits.Count > 0 && !listed)
                continue;
            (string? path, string? reason) = source.Files.Find(picture.Key);
            if (path is null)
                set.Problems.Add(picture.Key, reason!);
            else
                set.Add(path, listed ? split : null, picture);
        }

        if (unlisted > 0)
            set.Problems.Add(".", $"{unlisted} pictures with sentences are in none of the lists of splits and were left out.");
        return set.ToLayout(LayoutNames.Flickr);
    }

    private static IEnumerable<(string Name, string Sentence)> Sentences(SourceFolder source, ProblemList problems)
    {
        if (Tokens(source) is { } tokens)
            return FromTokens(source, tokens, problems);
        string table = Table(source)!;
        return source.Head(table)[0].Contains('|') ? FromBars(source, table, problems) : CsvTable.Rows(source.Root.Full(table)).Select(r => (r.Field("image"), r.Field("caption")));
    }

    private static IEnumerable<(string, string)> FromTokens(SourceFolder source, string tokens, ProblemList problems)
    {
        foreach (string line in source.Lines(tokens))
        {
            if (TokenLine().Match(line) is { Success: true } match)
                yield return (match.Groups[1].Value, match.Groups[2].Value);
            else
                problems.Add(tokens, $"The line \"{(line.Length > 60 ? line[..60] + "…" : line)}\" of {tokens} is no photo.jpg#0 and a sentence.");
        }
    }

    private static IEnumerable<(string, string)> FromBars(SourceFolder source, string table, ProblemList problems)
    {
        foreach (string line in source.Lines(table).Skip(1))
        {
            string[] parts = line.Split('|', 3, StringSplitOptions.TrimEntries);
            if (parts.Length == 3)
                yield return (parts[0], parts[2]);
            else
                problems.Add(parts[0], $"{table} has a line without a sentence for {parts[0]}.");
        }
    }

    private static Dictionary<string, Split> Splits(SourceFolder source)
    {
        var splits = new Dictionary<string, Split>(StringComparer.Ordinal);
        foreach (string list in source.Companions.Where(l => l.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)))
        {
            if (SplitNames.InFileName(list) is not { } split || source.Head(list).Any(h => !PictureLine().IsMatch(h)))
                continue;
            foreach (string line in source.Lines(list))
                splits.TryAdd(Path.GetFileNameWithoutExtension(line), split);
        }

        return splits;
    }

    /// <summary>A tab or, in some copies, a blank. Some copies have a name such as <c>x.jpg.1#0</c>.</summary>
    [GeneratedRegex(@"^(\S+\.(?:jpe?g|png|bmp|webp)\S*)#\d+[ \t]+(\S.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex TokenLine();

    [GeneratedRegex(@"^\S+\.(?:jpe?g|png|bmp|webp)$|^\d+$", RegexOptions.IgnoreCase)]
    private static partial Regex PictureLine();
}
