using System.Buffers;
using System.Text;

namespace LrcnLab.Core.Datasets;

/// <summary>Which names a browser may give the files that it sends: they become paths below the upload's own folder, on any system.</summary>
public static class UploadPath
{
    public const int MaxLength = 1000;

    /// <summary>Of one name in UTF-8, which is what file systems allow.</summary>
    public const int MaxNameBytes = 255;

    private static readonly SearchValues<char> WindowsForbids = SearchValues.Create("<>:\"|?*");

    // Windows opens devices by these names, whatever extension follows.
    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>Null when the path is relative and stays below its folder, else the sentence that says what is wrong.</summary>
    /// <param name="windows">Whether it is to be written by Windows, which allows fewer characters.</param>
    public static string? Problem(string path, bool windows)
    {
        if (path.Length is 0 or > MaxLength)
            return $"The path \"{Shown(path)}\" has {path.Length} characters: allowed are 1 to {MaxLength}.";
        if (path.Any(char.IsControl) || !IsUnicode(path))
            return $"The path \"{Shown(path)}\" has characters that no file name may have.";
        if (path[0] == '/' || path.Contains('\\', StringComparison.Ordinal) || (path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0])))
            return $"The path \"{Shown(path)}\" is not relative with forward slashes, such as walking/a.mp4.";
        string? wrong = path.Split('/').FirstOrDefault(name => IsWrong(name, windows));
        return wrong is null ? null : $"The path \"{Shown(path)}\" has the name \"{Shown(wrong)}\", which is not allowed.";
    }

    /// <summary>The first path that is wrong by itself or collides with another one on systems that do not tell upper from lower case.</summary>
    /// <returns>Its index and the sentence; null when all are fine.</returns>
    public static (int Index, string Message)? FirstProblem(IReadOnlyList<string> paths, bool windows)
    {
        var files = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var folders = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < paths.Count; i++)
        {
            if (Problem(paths[i], windows) is string problem)
                return (i, problem);
            string path = paths[i];
            if (!files.Add(path))
                return (i, $"The path \"{Shown(path)}\" comes twice (upper and lower case count as the same).");
            for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
                folders.Add(path[..slash]);
        }

        for (int i = 0; i < paths.Count; i++)
        {
            if (folders.Contains(paths[i]))
                return (i, $"The path \"{Shown(paths[i])}\" is both a file and a folder.");
        }

        return null;
    }

    private static bool IsWrong(string name, bool windows) =>
        name is "" or "." or ".."
        || name[^1] is ' ' or '.'
        || Encoding.UTF8.GetByteCount(name) > MaxNameBytes
        || Devices.Contains(name.Split('.')[0])
        || (windows && name.AsSpan().ContainsAny(WindowsForbids));

    /// <summary>Half of a surrogate pair cannot be written in UTF-8.</summary>
    private static bool IsUnicode(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || ++i == text.Length || !char.IsLowSurrogate(text[i]))
                return false;
        }

        return true;
    }

    private static string Shown(string text)
    {
        string clean = string.Concat(text.Take(120).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > 120 ? $"{clean}…" : clean;
    }
}
