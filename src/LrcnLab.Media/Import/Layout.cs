using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import;

/// <summary>What somebody wants as a sample, before anybody looked into its file.</summary>
/// <param name="Path">Relative to the root, with forward slashes.</param>
/// <param name="Label">Name of the class; empty for a sample with sentences only.</param>
/// <param name="Split">Null when nobody said.</param>
/// <param name="Start">Seconds; null for the file's start.</param>
/// <param name="End">Seconds; null for the file's end.</param>
/// <param name="Captions">Sentences, possibly none.</param>
internal sealed record ImportEntry(string Path, string Label, Split? Split, double? Start, double? End, IReadOnlyList<string> Captions)
{
    /// <summary>The recording that somebody named, or what the file's name tells, or empty.</summary>
    public string Group { get; init; } = "";
}

/// <summary>What a folder or table proposes, or why it proposes nothing.</summary>
internal sealed record Layout(string Name, IReadOnlyList<ImportEntry> Entries, ProblemList Problems, string? Refusal = null)
{
    /// <summary>By what it was recognised, one sentence.</summary>
    public string Explanation { get; init; } = "";

    /// <summary>How many official splits there are to choose from.</summary>
    public int SplitChoices { get; init; }

    /// <summary>The publisher's order of classes; null for the alphabet's.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    public static Layout Refuse(string reason) => new("", [], [], reason);
}

internal static class SplitNames
{
    public const string Allowed = "train, validation or test";

    /// <summary>Null when the name is none of a split.</summary>
    public static Split? Parse(string name) => name.ToLowerInvariant() switch
    {
        "train" or "training" => Split.Train,
        "val" or "valid" or "validate" or "validation" or "dev" => Split.Validation,
        "test" or "testing" => Split.Test,
        _ => null,
    };

    /// <summary>The split that a file's name speaks of: <c>captions_val2017.json</c>, <c>Flickr_8k.trainImages.txt</c>. Null when it speaks of none or of several.</summary>
    public static Split? InFileName(string path)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        Split[] found = [.. Words(name).Select(Parse).OfType<Split>().Distinct()];
        return found.Length == 1 ? found[0] : null;
    }

    /// <summary>Runs of letters, parted at capitals too.</summary>
    private static IEnumerable<string> Words(string name)
    {
        int start = 0;
        for (int i = 0; i <= name.Length; i++)
        {
            bool ends = i == name.Length || !char.IsLetter(name[i]) || i > start && char.IsUpper(name[i]) && char.IsLower(name[i - 1]);
            if (!ends)
                continue;
            if (i > start)
                yield return name[start..i];
            start = i < name.Length && char.IsLetter(name[i]) ? i : i + 1;
        }
    }
}
