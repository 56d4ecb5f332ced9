using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>What lies in one of the folders from which pages may import.</summary>
/// <param name="Root">Number of the root.</param>
/// <param name="Path">Of the folder itself, relative to the root with forward slashes; empty for the root.</param>
/// <param name="Folders">Names, the first <see cref="ImportFolders.MaxNames"/>.</param>
/// <param name="Files">Names of lists and archives, the first <see cref="ImportFolders.MaxNames"/>.</param>
/// <param name="OtherFiles">How many further files there are.</param>
public sealed record FolderListing(int Root, string Path, IReadOnlyList<string> Folders, IReadOnlyList<string> Files, int OtherFiles);

/// <summary>Lets people look around below the import roots, and nowhere else: what they ask for is a root's number and names.</summary>
public sealed class ImportFolders(LabOptions options)
{
    public const int MaxNames = 500;

    private static readonly string[] Importable = [".csv", ".json", ".zip", ".tar", ".gz", ".tgz"];

    /// <summary>The roots as the settings name them.</summary>
    public IReadOnlyList<string> Roots => options.ImportRoots;

    /// <summary>Absolute path of what was found below a root.</summary>
    public string PathOf(int root, string path) => path.Length == 0 ? Roots[root] : Path.Combine(Roots[root], path);

    /// <summary>Null when there is no such folder below the root, also when a link leads out of it.</summary>
    public FolderListing? List(int root, string path)
    {
        if (root < 0 || root >= Roots.Count || Path.IsPathRooted(path))
            return null;
        string folder = ImportPath.Canonical(PathOf(root, path));
        if (ImportPath.Refusal(folder, [Roots[root]]) is not null || !Directory.Exists(folder))
            return null;
        try
        {
            string[] folders = [.. Directory.EnumerateDirectories(folder).Select(f => Path.GetFileName(f)).Where(n => n[0] != '.').Order(StringComparer.OrdinalIgnoreCase).Take(MaxNames)];
            string[] files = [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Where(n => n[0] != '.').Order(StringComparer.OrdinalIgnoreCase)];
            string[] importable = [.. files.Where(f => Importable.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Take(MaxNames)];
            return new FolderListing(root, path, folders, importable, files.Length - importable.Length);
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
