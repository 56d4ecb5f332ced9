using System.Globalization;

namespace LrcnLab.Core.Datasets;

/// <summary>Applies edits to a manifest. The manifest itself stays as it is.</summary>
public static class DatasetEditor
{
    /// <summary>
    /// All edits in their order, or none. Samples are named by their index in <paramref name="manifest"/>, classes as the edits before have left them.
    /// A class that loses its last sample goes, since no run could learn it.
    /// </summary>
    public static EditOutcome Apply(DatasetManifest manifest, IReadOnlyList<DatasetEdit> edits)
    {
        if (edits.Count == 0)
            return Refuse("There is nothing to change: name at least one edit.");
        var draft = new EditDraft(manifest);
        foreach (DatasetEdit edit in edits)
        {
            if (Perform(draft, edit) is string refusal)
                return Refuse(refusal);
        }

        if (draft.DropEmptyClasses(manifest) is string tooFew)
            return Refuse(tooFew);
        (DatasetManifest edited, int[] origins) = draft.Finish(manifest);
        if (edited.Samples.Count == 0)
            return Refuse("No sample would be left: keep at least one in training.");
        if (edited.Samples.All(s => s.Split != Split.Train) && manifest.Samples.Any(s => s.Split == Split.Train))
            return Refuse("No training sample would be left: a run could learn nothing. Keep at least one sample in training.");
        return edited.Hash() == edited.Parent ? Refuse("This changes nothing: the version would be the same as it is.") : new EditOutcome(edited, origins, null);
    }

    private static string? Perform(EditDraft draft, DatasetEdit edit) => edit switch
    {
        RenameClass rename => ClassEdits.Rename(draft, rename),
        MergeClasses merge => ClassEdits.Merge(draft, merge),
        KeepUnmirrored unmirrored => ClassEdits.KeepUnmirrored(draft, unmirrored),
        RelabelSamples relabel => Relabel(draft, relabel),
        MoveSamples move => Move(draft, move),
        DropSamples drop => Drop(draft, drop),
        Resplit resplit => Resplit(draft, resplit),
        _ => $"An edit of the kind {edit.GetType().Name} is not known.",
    };

    private static string? Relabel(EditDraft draft, RelabelSamples edit)
    {
        if ((draft.Unknown(edit.Samples) ?? draft.UnknownClass(edit.Class)) is string refusal)
            return refusal;
        int label = draft.Classes.IndexOf(edit.Class);
        int[] changed = [.. edit.Samples.Distinct().Where(i => draft.Samples[i]!.Label != label)];
        foreach (int i in changed)
            draft.Samples[i] = draft.Samples[i]! with { Label = label };
        if (changed.Length > 0)
            draft.Note($"{Clips(changed.Length)} became \"{edit.Class}\": {draft.Names(changed)}.");
        return null;
    }

    private static string? Move(EditDraft draft, MoveSamples edit)
    {
        if (draft.Unknown(edit.Samples) is string refusal)
            return refusal;
        if (!Enum.IsDefined(edit.To))
            return $"There is no split {(int)edit.To}: allowed are train, validation and test.";
        int[] changed = [.. edit.Samples.Distinct().Where(i => draft.Samples[i]!.Split != edit.To)];
        foreach (int i in changed)
            draft.Samples[i] = draft.Samples[i]! with { Split = edit.To };
        if (changed.Length > 0)
            draft.Note($"{Clips(changed.Length)} moved to {Word(edit.To)}: {draft.Names(changed)}.");
        return null;
    }

    private static string? Drop(EditDraft draft, DropSamples edit)
    {
        if (draft.Unknown(edit.Samples) is string refusal)
            return refusal;
        int[] dropped = [.. edit.Samples.Distinct()];
        draft.Note($"{Clips(dropped.Length)} dropped: {draft.Names(dropped)}.");
        foreach (int i in dropped)
            draft.Samples[i] = null;
        return null;
    }

    private static string? Resplit(EditDraft draft, Resplit edit)
    {
        if (!(edit.ValidationShare is >= 0 and <= 0.9))
            return Invariant($"The share of validation cannot be {edit.ValidationShare}: allowed is 0 to 0.9.");
        if (!(edit.TestShare is >= 0 and <= 0.9))
            return Invariant($"The share of test cannot be {edit.TestShare}: allowed is 0 to 0.9.");
        if (edit.ValidationShare + edit.TestShare > 0.95)
            return Invariant($"Validation ({edit.ValidationShare}) and test ({edit.TestShare}) would leave too little for training: together at most 0.95.");
        int[] all = [.. Enumerable.Range(0, draft.Samples.Length).Where(i => draft.Samples[i] is not null)];
        Split[] drawn = RandomSplit.Draw(
            [.. all.Select(i => draft.Samples[i]!).Select(s => new SplitCandidate(s.Label < 0 ? "" : draft.Classes[s.Label], s.Group, s.Path))], edit.ValidationShare, edit.TestShare, edit.Seed);
        for (int i = 0; i < all.Length; i++)
            draft.Samples[all[i]] = draft.Samples[all[i]]! with { Split = drawn[i] };
        draft.Note(Invariant($"Splits drawn anew with {edit.ValidationShare:0.##%} validation, {edit.TestShare:0.##%} test, seed {edit.Seed}: {drawn.Count(s => s == Split.Train):N0} train, {drawn.Count(s => s == Split.Validation):N0} validation, {drawn.Count(s => s == Split.Test):N0} test."));
        return null;
    }

    private static EditOutcome Refuse(string refusal) => new(null, [], refusal);

    internal static string Clips(int count) => count == 1 ? "1 sample" : Invariant($"{count:N0} samples");

    internal static string Word(Split split) => split.ToString().ToLowerInvariant();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
