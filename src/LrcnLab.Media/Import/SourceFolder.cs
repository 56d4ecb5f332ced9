using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>What is to be imported: a folder, or one list in a folder, with the lists and tables that lie in it.</summary>
internal sealed class SourceFolder
{
    /// <summary>Longer lists are none that anybody published.</summary>
    public const long MaxListBytes = 2L << 30;

    private const int MaxListsOfAFolder = 400, MaxFolders = 2000;
    private static readonly string[] Endings = [".txt", ".csv", ".tsv", ".json", ".token"];
    private readonly Lazy<FileIndex> _files;

    /// <param name="root">The folder.</param>
    /// <param name="named">Full path of the one list to import, or null to look for lists.</param>
    /// <param name="ct">Cancels looking for files.</param>
    public SourceFolder(RootFolder root, string? named, CancellationToken ct)
    {
        Root = root;
        Companions = Find(root);
        Named = named is null ? null : root.Relative(named);
        Lists = Named is null ? Companions : [Named];
        _files = new Lazy<FileIndex>(() => FileIndex.Of(root, ct));
    }

    public RootFolder Root { get; }

    /// <summary>True for files that may be lists, by their names.</summary>
    public static bool IsList(string path) => Endings.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>The list that the person named, relative, or null.</summary>
    public string? Named { get; }

    /// <summary>Relative paths of the lists that may describe samples: all, or the one that the person named.</summary>
    public IReadOnlyList<string> Lists { get; }

    /// <summary>Relative paths of all lists, in which names of classes and splits may stand: first of the folder itself, then of the folders in it.</summary>
    public IReadOnlyList<string> Companions { get; }

    public FileIndex Files => _files.Value;

    public IEnumerable<string> ListsWith(string ending) => Lists.Where(l => l.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Lines without white space around them, none empty. Line ends of all systems.</summary>
    public IEnumerable<string> Lines(string list) => File.ReadLines(Root.Full(list)).Select(l => l.Trim().TrimStart('\uFEFF')).Where(l => l.Length > 0);

    /// <summary>The whole lines among the first kilobytes; empty for what is no text.</summary>
    public IReadOnlyList<string> Head(string list)
    {
        byte[] bytes = new byte[8192];
        using FileStream stream = File.OpenRead(Root.Full(list));
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        string text = System.Text.Encoding.UTF8.GetString(bytes, 0, read);
        if (text.Contains('\0'))
            return [];
        string[] lines = text.Split('\n');
        int whole = read < bytes.Length ? lines.Length : lines.Length - 1;
        return [.. lines.Take(whole).Select(l => l.Trim().TrimStart('\uFEFF')).Where(l => l.Length > 0)];
    }

    private static string[] Find(RootFolder root)
    {
        IEnumerable<string> folders = RootFolder.Folders(root.Path).Take(MaxFolders).ToArray();
        return [.. InFolder(root, root.Path), .. folders.SelectMany(f => InFolder(root, f))];
    }

    /// <summary>A folder with more texts than any publisher has lists holds notes beside videos. Empty files, among which are pipes, are never opened.</summary>
    private static string[] InFolder(RootFolder root, string folder)
    {
        string[] lists = [.. root.Files(folder).Where(IsList).Take(MaxListsOfAFolder + 1)];
        return lists.Length > MaxListsOfAFolder ? [] : [.. lists.Where(f => MediaFile.Length(f) is > 0 and <= MaxListBytes).Select(root.Relative)];
    }
}
