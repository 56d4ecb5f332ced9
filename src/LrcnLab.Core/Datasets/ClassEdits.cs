namespace LrcnLab.Core.Datasets;

/// <summary>Edits of classes. Each returns why it cannot be made, or null.</summary>
internal static class ClassEdits
{
    private const int MaxNameLength = 200;

    public static string? Rename(EditDraft draft, RenameClass edit)
    {
        string to = edit.To.Trim();
        if ((draft.UnknownClass(edit.From) ?? BadName(to)) is string refusal)
            return refusal;
        if (to == edit.From)
            return null;
        if (draft.Classes.Contains(to))
            return $"\"{edit.From}\" cannot be called \"{to}\", because there is a class of that name: merge the two, or choose another name.";
        draft.Classes[draft.Classes.IndexOf(edit.From)] = to;
        draft.Note($"The class \"{edit.From}\" is called \"{to}\".");
        return null;
    }

    public static string? Merge(EditDraft draft, MergeClasses edit)
    {
        string into = edit.Into.Trim();
        if ((edit.From.Select(draft.UnknownClass).FirstOrDefault(r => r is not null) ?? BadName(into)) is string refusal)
            return refusal;
        // The target may be one of them, another class, or new.
        string[] from = [.. draft.Classes.Where(c => edit.From.Contains(c) || c == into)];
        if (from.Length < 2)
            return $"A merge into \"{into}\" needs at least two classes{(from.Length == 1 ? $", and only \"{from[0]}\" was named" : "")}.";
        if (draft.Classes.Count - from.Length + 1 < 2)
            return $"Merging {EditDraft.Quoted(from)} would leave only the class \"{into}\": a classifier needs at least two.";

        string place = from.Contains(into) ? into : from[0];
        int merged = draft.Samples.Count(s => s is { Label: >= 0 } && from.Contains(draft.Classes[s.Label]));
        string[] names = [.. draft.Classes];
        List<string> left = [.. names.Where(c => c == place || !from.Contains(c))];
        int[] labels = [.. names.Select(c => left.IndexOf(from.Contains(c) ? place : c))];
        left[left.IndexOf(place)] = into;
        draft.Relabel(left, labels);
        draft.Note($"The classes {EditDraft.Quoted(from)} became \"{into}\", {DatasetEditor.Clips(merged)} in all.");
        return null;
    }

    public static string? KeepUnmirrored(EditDraft draft, KeepUnmirrored edit)
    {
        if (edit.Classes.Select(draft.UnknownClass).FirstOrDefault(r => r is not null) is string refusal)
            return refusal;
        HashSet<int> labels = [.. edit.Classes.Select(c => draft.Classes.IndexOf(c))];
        if (labels.SetEquals(draft.Unmirrored))
            return null;
        draft.Unmirrored = labels;
        draft.Note(labels.Count == 0 ? "Every class may be mirrored." : $"Never mirrored: {EditDraft.Quoted([.. labels.Order().Select(label => draft.Classes[label])])}.");
        return null;
    }

    private static string? BadName(string name) => name.Length switch
    {
        0 => "A class needs a name of 1 to 200 characters; it was empty.",
        > MaxNameLength => $"The class name \"{name[..40]}…\" has {name.Length} characters: at most {MaxNameLength} are allowed.",
        _ => name.Any(char.IsControl) ? $"The class name \"{new string([.. name.Where(c => !char.IsControl(c))])}\" holds line ends or other control characters, which are not allowed." : null,
    };
}
