using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>All videos and pictures below a folder by their names, for lists that name them in their own way: without folders, without endings, below the publisher's own root.</summary>
internal sealed class FileIndex
{
    private const int MaxDepth = 12;
    private readonly RootFolder _root;
    private readonly ILookup<string, string> _byName;
    private readonly ILookup<string, string> _byStem;

    private FileIndex(RootFolder root, IReadOnlyList<string> files)
    {
        _root = root;
        _byName = files.ToLookup(f => Path.GetFileName(f), StringComparer.Ordinal);
        _byStem = files.ToLookup(f => Path.GetFileNameWithoutExtension(f), StringComparer.Ordinal);
    }

    public static FileIndex Of(RootFolder root, CancellationToken ct)
    {
        var files = new List<string>();
        Collect(root.Path, "", 0);
        return new FileIndex(root, files);

        void Collect(string folder, string relative, int depth)
        {
            ct.ThrowIfCancellationRequested();
            files.AddRange(root.Files(folder).Select(f => relative + Path.GetFileName(f)).Where(MediaFile.IsMedia));
            if (depth == MaxDepth)
                return;
            foreach (string below in RootFolder.Folders(folder))
                Collect(below, $"{relative}{Path.GetFileName(below)}/", depth + 1);
        }
    }

    /// <summary>The file of this path, or the one of this name whose folders agree best with the path's.</summary>
    /// <returns>Relative path; or null and a reason.</returns>
    public (string? Path, string? Reason) Find(string path)
    {
        path = path.Replace('\\', '/');
        string? inside = _root.Inside(path);
        if (inside is not null && File.Exists(_root.Full(inside)))
            return (inside, null);
        return Best(path, [.. _byName[Path.GetFileName(path)]], inside is null ? $"{path} leads out of the data set's folder." : $"{path} does not exist.");
    }

    /// <summary>The file of this name, whatever its ending.</summary>
    public (string? Path, string? Reason) FindStem(string stem, string folder = "") => Best(folder + "/" + stem, [.. _byStem[stem]], $"There is no video or picture named {stem}.");

    private static (string? Path, string? Reason) Best(string path, string[] candidates, string missing)
    {
        if (candidates.Length <= 1)
            return candidates.Length == 1 ? (candidates[0], null) : (null, missing);
        var rated = candidates.Select(c => (Path: c, Score: Agreement(c, path))).OrderByDescending(c => c.Score).ToArray();
        return rated[0].Score > rated[1].Score ? (rated[0].Path, null) : (null, $"{path} could be {rated[0].Path} or {rated[1].Path}.");
    }

    /// <summary>How many folders above the file are the same.</summary>
    private static int Agreement(string a, string b)
    {
        string[] x = a.Split('/'), y = b.Split('/');
        int same = 0;
        while (same + 2 <= x.Length && same + 2 <= y.Length && x[^(same + 2)] == y[^(same + 2)])
            same++;
        return same;
    }
}
