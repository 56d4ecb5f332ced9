using LrcnLab.Core.Datasets;
using LrcnLab.Web.Components.Shared;

namespace LrcnLab.Web.Features.Data;

/// <summary>Pending edits in words.</summary>
public static class EditWords
{
    /// <param name="manifest">The one in which the edit names its samples.</param>
    public static string Of(DatasetEdit edit, DatasetManifest manifest) => edit switch
    {
        RenameClass rename => $"Call \"{rename.From}\" \"{rename.To}\"",
        MergeClasses merge => $"Merge {string.Join(", ", merge.From.Select(c => $"\"{c}\""))} into \"{merge.Into}\"",
        RelabelSamples relabel => $"{Clips(relabel.Samples, manifest)} to class \"{relabel.Class}\"",
        MoveSamples move => $"{Clips(move.Samples, manifest)} to {move.To.ToString().ToLowerInvariant()}",
        DropSamples drop => $"Drop {Clips(drop.Samples, manifest)}",
        Resplit resplit => FormattableString.Invariant($"Draw splits: {resplit.ValidationShare:0.##%} validation, {resplit.TestShare:0.##%} test, seed {resplit.Seed}"),
        KeepUnmirrored { Classes.Count: 0 } => "Every class may be mirrored",
        KeepUnmirrored unmirrored => $"Never mirror {string.Join(", ", unmirrored.Classes.Select(c => $"\"{c}\""))}",
        _ => edit.GetType().Name,
    };

    private static string Clips(IReadOnlyList<int> samples, DatasetManifest manifest) =>
        samples.Count == 1 && samples[0] >= 0 && samples[0] < manifest.Samples.Count ? manifest.Samples[samples[0]].Path : $"{Format.Count(samples.Count)} samples";
}
