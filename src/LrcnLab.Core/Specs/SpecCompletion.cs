using LrcnLab.Core.Queries;

namespace LrcnLab.Core.Specs;

/// <summary>Says what may come next while somebody writes a specification as YAML or JSON. A suggestion is a word, a tab, and what it means.</summary>
public static class SpecCompletion
{
    private const int Most = 30;

    /// <param name="text">The specification so far.</param>
    /// <param name="caret">Position in it, from 0.</param>
    /// <param name="known">Values of fields of text that exist, such as names of data sets, by path.</param>
    public static Completion At(string text, int caret, Func<string, IEnumerable<string>> known)
    {
        caret = Math.Clamp(caret, 0, text.Length);
        bool json = text.TrimStart().StartsWith('{');
        SpecPlace place = json ? SpecPlace.InJson(text, caret) : SpecPlace.InYaml(text, caret);
        IReadOnlyList<SpecField>? fields = Children(place.Section);
        if (fields is null)
            return new Completion(caret, 0, []);
        IEnumerable<string> items = place.Key is { } key
            ? fields.FirstOrDefault(f => f.Name == key) is { } field ? Values(field, [.. place.Section, key], known).Select(v => json && !IsBare(v, field) ? $"\"{v}\"" : v) : []
            : fields.Where(f => !place.Present.Contains(f.Name)).Select(f => $"{(json ? $"\"{f.Name}\"" : f.Name)}:{(f.Kind is FieldKind.Section or FieldKind.List && !json ? "" : " ")}\t{f.Label}");
        string sought = place.Word.Trim('"');
        return new Completion(caret - place.Word.Length, place.Word.Length,
            [.. items.Where(i => Name(i).Contains(sought, StringComparison.OrdinalIgnoreCase) && Name(i) != sought).OrderByDescending(i => Name(i).StartsWith(sought, StringComparison.OrdinalIgnoreCase)).Take(Most)]);
    }

    private static IReadOnlyList<SpecField>? Children(IReadOnlyList<string> section)
    {
        IReadOnlyList<SpecField> fields = SpecField.All;
        foreach (string part in section)
        {
            if (fields.FirstOrDefault(f => f.Name == part) is not { Children.Count: > 0 } found)
                return null;
            fields = found.Children;
        }

        return fields;
    }

    private static IEnumerable<string> Values(SpecField field, string[] path, Func<string, IEnumerable<string>> known) => field.Kind switch
    {
        FieldKind.Choice => field.Choices,
        FieldKind.Flag => ["true", "false"],
        FieldKind.Text => known(string.Join('.', path)),
        _ => SpecWriter.Value(field, field.Default)?.ToJsonString() is { } usual ? [$"{usual}\tusual"] : [],
    };

    private static bool IsBare(string value, SpecField field) => field.Kind is not (FieldKind.Choice or FieldKind.Text) || value.Length == 0;

    private static string Name(string item) => item.Split('\t')[0].Trim('"', ':', ' ');
}
