using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import;

/// <summary>Gives a split to samples that have none; those that their publisher gave stay.</summary>
internal static class SplitAssigner
{
    /// <summary>
    /// All cuts of a file and all files of a recording get the same split, the published one where one of them has it. Where splits were given but none for validation,
    /// it is taken from the training samples, since without it nobody can tell learning from memorising.
    /// </summary>
    public static IReadOnlyList<ImportEntry> Assign(IReadOnlyList<ImportEntry> entries, ImportOptions options)
    {
        bool fromTraining = IsOfficial(entries) && entries.All(e => e.Split != Split.Validation);
        ImportEntry[] known = fromTraining ? [.. entries] : Joined(entries);
        int[] open = [.. Enumerable.Range(0, known.Length).Where(i => known[i].Split is null || fromTraining && known[i].Split == Split.Train)];
        Split[] drawn = RandomSplit.Draw(
            [.. open.Select(i => new SplitCandidate(known[i].Label, known[i].Group, known[i].Path))], options.ValidationShare, fromTraining ? 0 : options.TestShare, options.Seed);
        for (int i = 0; i < open.Length; i++)
            known[open[i]] = known[open[i]] with { Split = drawn[i] };
        return known;
    }

    public static bool IsOfficial(IReadOnlyList<ImportEntry> entries) => entries.Count > 0 && entries.All(e => e.Split is not null);

    /// <summary>An open sample follows its file or recording into a split that was given.</summary>
    private static ImportEntry[] Joined(IReadOnlyList<ImportEntry> entries)
    {
        var files = new Dictionary<string, Split>(StringComparer.Ordinal);
        var groups = new Dictionary<string, Split>(StringComparer.Ordinal);
        foreach (ImportEntry entry in entries.Where(e => e.Split is not null))
        {
            files.TryAdd(entry.Path, entry.Split!.Value);
            if (entry.Group.Length > 0)
                groups.TryAdd(entry.Group, entry.Split.Value);
        }

        return [.. entries.Select(e => e.Split is null && (files.TryGetValue(e.Path, out Split split) || groups.TryGetValue(e.Group, out split)) ? e with { Split = split } : e)];
    }
}
