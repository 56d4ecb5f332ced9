using System.Text;

namespace LrcnLab.Media.Import.Archives;

/// <summary>Names of archives' entries, which anybody may have written.</summary>
internal static class EntryName
{
    /// <summary>What common file systems allow for one name, and less than they allow for a path, since the folder's own comes before it.</summary>
    private const int MaxNameBytes = 255, MaxPathBytes = 1024, MaxDepth = 40;

    private static readonly string[] Archives = [".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"];

    /// <summary>What systems add beside people's files; nobody misses it.</summary>
    public static bool IsClutter(string name) =>
        name.StartsWith("__MACOSX/", StringComparison.Ordinal) || name.Split('/')[^1] is ".DS_Store" or "Thumbs.db" or "desktop.ini" || name.Split('/')[^1].StartsWith("._", StringComparison.Ordinal);

    public static bool IsArchive(string name) => Archives.Contains(Path.GetExtension(name).ToLowerInvariant());

    /// <returns>A relative path that stays where it is put, with forward slashes; or null and why not.</returns>
    public static (string? Path, string? Reason) Clean(string name)
    {
        if (name.Any(char.IsControl))
            return (null, "its name has control characters");
        if (name.Contains('\\'))
            return (null, "its name has a backslash, which is a folder on some systems");
        if (name.StartsWith('/') || name.Length >= 2 && char.IsAsciiLetter(name[0]) && name[1] == ':')
            return (null, "its name starts at the root of a disk");
        string[] parts = [.. name.Split('/').Where(p => p.Length > 0 && p != ".")];
        if (parts.Contains(".."))
            return (null, "its name leads out of the archive");
        if (parts.Length == 0)
            return (null, "it has no name");
        if (parts.Length > MaxDepth || parts.Any(p => Encoding.UTF8.GetByteCount(p) > MaxNameBytes) || Encoding.UTF8.GetByteCount(name) > MaxPathBytes)
            return (null, $"its name is too long: {MaxPathBytes} bytes, {MaxNameBytes} a folder and {MaxDepth} folders are allowed");
        if (OperatingSystem.IsWindows() && parts.Any(p => p.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || p.EndsWith('.') || p.EndsWith(' ')))
            return (null, "its name is not allowed on Windows");
        return (string.Join('/', parts), null);
    }

    /// <summary>A name as it can be shown.</summary>
    public static string Shown(string name)
    {
        string visible = string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
        return visible.Length <= 200 ? visible : visible[..200] + "…";
    }
}
