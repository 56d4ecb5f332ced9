namespace LrcnLab.Core.Runs;

/// <summary>What a tag may be: a word or a few that a run is found by.</summary>
public static class RunTag
{
    /// <summary>Characters of a tag.</summary>
    public const int Longest = 50;

    /// <summary>Tags of a run.</summary>
    public const int Most = 20;

    /// <summary>Why a text is no tag, in words; null when it is one. Commas and quotation marks would break lists and queries.</summary>
    public static string? Problem(string tag)
    {
        string shown = tag.Length > Longest ? tag[..Longest] + "…" : tag;
        if (tag.Length is 0 or > Longest)
            return tag.Length == 0 ? "A tag needs a name." : $"The tag \"{shown}\" has {tag.Length} characters: 1 to {Longest} are allowed.";
        return tag != tag.Trim() || tag.Any(c => char.IsControl(c) || c is ',' or '"') ? $"The tag \"{shown}\" has a comma, a quotation mark, a control character or space around it." : null;
    }

    /// <summary>Tags after some are added and some taken away, whatever their case, in order.</summary>
    /// <returns>The tags, or why it may not be, in words.</returns>
    public static (IReadOnlyList<string>? Tags, string? Refusal) Change(IEnumerable<string> tags, IEnumerable<string> add, IEnumerable<string> remove)
    {
        string[] more = [.. add.Select(t => t.Trim())];
        if (more.Select(Problem).FirstOrDefault(p => p is not null) is { } problem)
            return (null, problem);
        string[] changed = [.. tags.Except(remove, StringComparer.OrdinalIgnoreCase).Union(more, StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        return changed.Length > Most ? (null, $"{changed.Length} tags are too many: a run has at most {Most}.") : (changed, null);
    }
}
