using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import;

/// <summary>What somebody wants as a sample, before anybody looked into its file.</summary>
/// <param name="Path">Relative to the root, with forward slashes.</param>
/// <param name="Label">Name of the class.</param>
/// <param name="Split">Null when nobody said.</param>
/// <param name="Start">Seconds; null for the file's start.</param>
/// <param name="End">Seconds; null for the file's end.</param>
/// <param name="Captions">Sentences, possibly none.</param>
internal sealed record ImportEntry(string Path, string Label, Split? Split, double? Start, double? End, IReadOnlyList<string> Captions);

/// <summary>What a folder or table proposes, or why it proposes nothing.</summary>
internal sealed record Layout(string Name, IReadOnlyList<ImportEntry> Entries, IReadOnlyList<SampleProblem> Problems, string? Refusal = null)
{
    public static Layout Refuse(string reason) => new("", [], [], reason);
}

internal static class SplitNames
{
    public const string Allowed = "train, validation or test";

    /// <summary>Null when the name is none of a split.</summary>
    public static Split? Parse(string name) => name.ToLowerInvariant() switch
    {
        "train" or "training" => Split.Train,
        "val" or "valid" or "validation" => Split.Validation,
        "test" or "testing" => Split.Test,
        _ => null,
    };
}
