using LrcnLab.Core.Datasets;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Import;

/// <summary>Gives a split to samples that have none: of each class one file in five for validation, the same ones every time.</summary>
internal static class SplitAssigner
{
    private const int Seed = 1;
    private const double ValidationShare = 0.2;

    /// <summary>
    /// All cuts of a file get the same split. Where splits were given but none for validation, it is taken from the training samples,
    /// since without it nobody can tell learning from memorising.
    /// </summary>
    public static IReadOnlyList<ImportEntry> Assign(IReadOnlyList<ImportEntry> entries)
    {
        bool fromTraining = entries.All(e => e.Split is not null) && entries.All(e => e.Split != Split.Validation);
        bool Open(ImportEntry e) => e.Split is null || fromTraining && e.Split == Split.Train;
        HashSet<string> validation = Choose(entries.Where(Open));
        return [.. entries.Select(e => Open(e) ? e with { Split = validation.Contains(e.Path) ? Split.Validation : Split.Train } : e)];
    }

    private static HashSet<string> Choose(IEnumerable<ImportEntry> entries)
    {
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        var files = entries.GroupBy(e => e.Path, StringComparer.Ordinal).Select(f => (Path: f.Key, Label: f.Select(e => e.Label).Min(StringComparer.Ordinal)!));
        foreach (var group in files.GroupBy(f => f.Label, StringComparer.Ordinal))
        {
            string[] paths = [.. group.Select(f => f.Path).Order(StringComparer.Ordinal)];
            int count = paths.Length < 2 ? 0 : Math.Max(1, (int)Math.Round(ValidationShare * paths.Length));
            foreach (int i in Shuffle.Order(paths.Length, Seed, 0).Take(count))
                chosen.Add(paths[i]);
        }

        return chosen;
    }
}
