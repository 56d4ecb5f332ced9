using System.Globalization;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>Lines of lists whose names may hold blanks: what is wanted stands at the end.</summary>
internal static class ListLine
{
    /// <summary><c>some path 12</c> to path and number; without a number at the end the whole line is the path.</summary>
    public static (string Path, int? Number) WithNumber(string line)
    {
        int at = line.LastIndexOfAny([' ', '\t', ',']);
        return at > 0 && int.TryParse(line[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? (line[..at].TrimEnd(' ', '\t', ','), number) : (line, null);
    }

    /// <summary>Name and rest, parted at the first white space; the rest is empty when there is none.</summary>
    public static (string Name, string Remainder) AtFirstBlank(string line)
    {
        int at = line.IndexOfAny([' ', '\t']);
        return at < 0 ? (line, "") : (line[..at], line[(at + 1)..].Trim());
    }
}

/// <summary>Names of classes by number.</summary>
internal static class ClassList
{
    /// <summary>Lines <c>12 Name</c>, or names alone that count from <paramref name="firstId"/>; empty when there is no such list.</summary>
    public static Dictionary<int, string> Read(SourceFolder source, string fileName, int firstId)
    {
        var classes = new Dictionary<int, string>();
        if (source.Companions.FirstOrDefault(l => Path.GetFileName(l).Equals(fileName, StringComparison.OrdinalIgnoreCase)) is not { } list)
            return classes;
        int next = firstId;
        foreach (string line in source.Lines(list))
        {
            (string first, string rest) = ListLine.AtFirstBlank(line);
            bool numbered = int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && rest.Length > 0;
            classes[numbered ? id : next] = numbered ? rest : line;
            next++;
        }

        return classes;
    }
}
