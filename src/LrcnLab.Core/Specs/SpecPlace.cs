namespace LrcnLab.Core.Specs;

/// <summary>Where in a specification a place of its text is.</summary>
/// <param name="Section">Names of the sections around it, from outside.</param>
/// <param name="Key">The field whose value stands there; null where a name is expected.</param>
/// <param name="Word">What is written there so far.</param>
/// <param name="Present">Names that the section has elsewhere.</param>
internal sealed record SpecPlace(IReadOnlyList<string> Section, string? Key, string Word, IReadOnlySet<string> Present)
{
    /// <summary>By indentation; an item of a list belongs to the list's name.</summary>
    public static SpecPlace InYaml(string text, int caret)
    {
        int start = caret == 0 ? 0 : text.LastIndexOf('\n', caret - 1) + 1;
        string line = text[start..caret];
        (int indent, string content) = Content(line);
        int colon = content.IndexOf(':', StringComparison.Ordinal);
        var section = new List<string>();
        int within = indent;
        string[] above = text[..start].Split('\n');
        foreach (string before in above.Reverse())
        {
            (int outer, string name) = Content(before);
            // A list may stand as far out as its name: what begins with a dash does not count as a name.
            if (name.Length == 0 || name[0] == '#' || outer >= within || !name.Contains(':', StringComparison.Ordinal))
                continue;
            within = outer;
            if (name.TrimEnd().EndsWith(':'))
                section.Insert(0, name[..name.IndexOf(':', StringComparison.Ordinal)].Trim());
        }

        return colon >= 0
            ? new SpecPlace(section, content[..colon].Trim(), content[(colon + 1)..].TrimStart(' ', '[').Split(',')[^1].TrimStart(), new HashSet<string>())
            : new SpecPlace(section, null, content, Siblings(text, start, caret, indent));
    }

    /// <summary>By brackets; broken JSON before the place is taken as it comes.</summary>
    public static SpecPlace InJson(string text, int caret)
    {
        var open = new Stack<(string? Name, bool List, HashSet<string> Present)>();
        string? key = null;
        int word = 0;
        for (int i = 0; i < caret; i++)
        {
            char c = text[i];
            if (c == '"')
            {
                int end = i + 1;
                while (end < caret && text[end] != '"')
                    end += text[end] == '\\' ? 2 : 1;
                if (end >= caret)
                {
                    word = i;
                    break;
                }

                if (open.TryPeek(out var at) && !at.List && key is null && text[end..].TrimStart('"', ' ').StartsWith(':'))
                {
                    key = text[(i + 1)..end];
                    at.Present.Add(key);
                }

                i = end;
            }
            else if (c is '{' or '[')
            {
                open.Push((open.Count == 0 ? null : key, c == '[', []));
                key = null;
                word = i + 1;
            }
            else if (c is '}' or ']' && open.Count > 0)
            {
                open.Pop();
                key = null;
                word = i + 1;
            }
            else if (c is ',' or ':')
            {
                key = c == ',' ? null : key;
                word = i + 1;
            }
            else if (char.IsWhiteSpace(c))
            {
                word = i + 1;
            }
        }

        IReadOnlySet<string> present = open.TryPeek(out var inner) ? inner.Present : new HashSet<string>();
        return new SpecPlace([.. open.Reverse().Select(o => o.Name).OfType<string>()], key, text[Math.Min(word, caret)..caret], present);
    }

    private static (int Indent, string Content) Content(string line)
    {
        string trimmed = line.TrimStart(' ');
        int indent = line.Length - trimmed.Length;
        if (!trimmed.StartsWith("- ", StringComparison.Ordinal))
            return (indent, trimmed.TrimEnd('\r'));
        string item = trimmed[2..].TrimStart(' ');
        return (line.Length - item.Length, item.TrimEnd('\r'));
    }

    /// <summary>Names at the same depth, up and down to where something lies further out.</summary>
    private static HashSet<string> Siblings(string text, int start, int caret, int indent)
    {
        string[] lines = text.Split('\n');
        int at = text[..start].Count(c => c == '\n');
        var names = new HashSet<string>();
        // The rest of the line, where somebody is about to write before a name.
        if (text[caret..].Split('\n')[0].Split(':') is [{ } rest, _, ..])
            names.Add(rest.Trim());
        foreach (int way in (int[])[-1, 1])
        {
            for (int i = at + way; i >= 0 && i < lines.Length; i += way)
            {
                (int depth, string content) = Content(lines[i]);
                if (content.Length == 0)
                    continue;
                if (depth < indent)
                    break;
                bool item = lines[i].TrimStart().StartsWith("- ", StringComparison.Ordinal);
                if (depth > indent)
                    continue;
                if (item && way > 0)
                    break;
                if (content.IndexOf(':', StringComparison.Ordinal) is > 0 and int colon)
                    names.Add(content[..colon].Trim());
                if (item)
                    break;
            }
        }

        return names;
    }
}
