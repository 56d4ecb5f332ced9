namespace LrcnLab.Scheduling.Datasets;

/// <summary>Which folders may be imported on behalf of people who are not at the machine.</summary>
internal static class ImportPath
{
    /// <summary>The path with every symbolic link on the way followed; the path itself where something does not exist.</summary>
    public static string Canonical(string path)
    {
        string full = Path.GetFullPath(path);
        string at = Path.GetPathRoot(full)!;
        foreach (string part in full[at.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            at = Path.Combine(at, part);
            FileSystemInfo entry = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
            // The target may again lie behind links.
            if (entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is FileSystemInfo target)
                at = Canonical(target.FullName);
        }

        return at;
    }

    /// <summary>Null when the path lies below one of the roots, else the sentence that names them.</summary>
    public static string? Refusal(string canonicalPath, IEnumerable<string> roots)
    {
        string[] allowed = [.. roots.Where(Directory.Exists).Select(Canonical)];
        return allowed.Any(root => canonicalPath == root || canonicalPath.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            ? null
            : $"\"{canonicalPath}\" may not be imported from here: allowed are folders below {string.Join(", ", allowed.Select(r => $"\"{r}\""))}. Lab:ImportRoots in the settings names more.";
    }
}
