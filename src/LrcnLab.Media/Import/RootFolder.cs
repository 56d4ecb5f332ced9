namespace LrcnLab.Media.Import;

/// <summary>The folder of a data set. Nothing outside of it is ever read, by whatever path or symbolic link.</summary>
internal sealed class RootFolder
{
    private readonly string _prefix;

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
        string full = System.IO.Path.GetFullPath(path.Replace('\\', '/'), Path);
        return full.StartsWith(_prefix, StringComparison.Ordinal) && Real(full).StartsWith(_prefix, StringComparison.Ordinal) ? Relative(full) : null;
    }

    /// <summary>Visible folders in ordinal order; those that are links are left out, since links can go round in circles.</summary>
    public static IEnumerable<string> Folders(string folder) =>
        Directory.EnumerateDirectories(folder).Where(d => !Decoding.MediaFile.IsHidden(d) && new DirectoryInfo(d).LinkTarget is null).Order(StringComparer.Ordinal);

    /// <summary>Visible files in ordinal order, links only when they lead to a place inside the root.</summary>
    public IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Where(f => !Decoding.MediaFile.IsHidden(f) && Inside(f) is not null).Order(StringComparer.Ordinal);

    /// <summary>Follows every link in the path. What does not exist stays as it is.</summary>
    private static string Real(string full)
    {
        string real = System.IO.Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(System.IO.Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = System.IO.Path.Combine(real, part);
            FileSystemInfo entry = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            real = entry.LinkTarget is null ? next : Real(entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        }

        return real;
    }
}
