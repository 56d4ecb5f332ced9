using System.Collections.Concurrent;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>The folder of a data set. Nothing outside of it is ever read, by whatever path or symbolic link.</summary>
internal sealed class RootFolder
{
    private readonly string _prefix;

    /// <summary>Folders without their links: a list names a hundred thousand files in a hundred folders.</summary>
    private readonly ConcurrentDictionary<string, string> _real = new(StringComparer.Ordinal);

    public RootFolder(string path)
    {
        Path = Real(System.IO.Path.GetFullPath(path));
        _prefix = Path.EndsWith(System.IO.Path.DirectorySeparatorChar) ? Path : Path + System.IO.Path.DirectorySeparatorChar;
    }

    /// <summary>Absolute, without symbolic links.</summary>
    public string Path { get; }

    public string Full(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>With forward slashes.</summary>
    public string Relative(string full) => System.IO.Path.GetRelativePath(Path, full).Replace('\\', '/');

    /// <summary>The path as it is written in manifests, or null when it leads out of the root.</summary>
    public string? Inside(string path)
    {
        if (path.Contains('\0'))
            return null;
        string full = System.IO.Path.GetFullPath(path.Replace('\\', '/'), Path);
        return full.StartsWith(_prefix, StringComparison.Ordinal) && IsInside(Real(full)) ? Relative(full) : null;
    }

    /// <summary>Visible folders in ordinal order; those that are links are left out, since links can go round in circles.</summary>
    public static IEnumerable<string> Folders(string folder) =>
        new DirectoryInfo(folder).EnumerateDirectories().Where(d => !MediaFile.IsHidden(d.Name) && !d.Attributes.HasFlag(FileAttributes.ReparsePoint))
            .Select(d => System.IO.Path.Combine(folder, d.Name)).Order(StringComparer.Ordinal);

    /// <summary>Visible files in ordinal order, links only when they lead to a place inside the root.</summary>
    /// <param name="folder">Inside the root.</param>
    public IEnumerable<string> Files(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles().Where(f => !MediaFile.IsHidden(f.Name) && (!f.Attributes.HasFlag(FileAttributes.ReparsePoint) || Inside(f.FullName) is not null))
            .Select(f => System.IO.Path.Combine(folder, f.Name)).Order(StringComparer.Ordinal);

    private bool IsInside(string real) => real.StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>Follows every link in the path. What does not exist stays as it is.</summary>
    private string Real(string full)
    {
        string? parent = System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(full));
        if (parent is null)
            return full;
        string next = System.IO.Path.Combine(_real.GetOrAdd(parent, Real), System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(full)));
        var entry = new FileInfo(next);
        return entry.LinkTarget is null ? next : Real(entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }
}
