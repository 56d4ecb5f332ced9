using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>A folder for each class, with or without folders for the splits above them: <c>[train/]class/any/where/video.mp4</c>.</summary>
internal static class FolderLayout
{
    public static readonly LayoutReader Reader = new(LayoutNames.Folders, Recognise, Read);

    /// <summary>True when there are two folders with media or folders in them, which can be classes.</summary>
    public static bool HasClasses(RootFolder root)
    {
        string[] folders = [.. RootFolder.Folders(root.Path)];
        if (HasSplits(folders))
            folders = [.. folders.Where(f => SplitNames.Parse(Path.GetFileName(f)) == Split.Train).SelectMany(RootFolder.Folders)];
        return folders.Count(f => RootFolder.Folders(f).Any() || root.Files(f).Any(MediaFile.IsMedia)) >= 2;
    }

    private static string? Recognise(SourceFolder source)
    {
        string[] folders = [.. RootFolder.Folders(source.Root.Path)];
        if (source.Named is not null || folders.Length == 0)
            return null;
        return HasSplits(folders)
            ? $"There are folders for the splits ({string.Join(", ", folders.Select(Path.GetFileName).Where(n => SplitNames.Parse(n!) is not null))}), in each a folder for each class."
            : $"There is a folder for each class ({string.Join(", ", folders.Take(3).Select(Path.GetFileName))}{(folders.Length > 3 ? $" and {folders.Length - 3} more" : "")}) and no list that says otherwise.";
    }

    /// <summary>A class may be called "test"; nobody has a test split without a training split.</summary>
    private static bool HasSplits(string[] folders) => folders.Any(f => SplitNames.Parse(Path.GetFileName(f)) == Split.Train);

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        RootFolder root = source.Root;
        var entries = new List<ImportEntry>();
        var problems = new ProblemList();
        string[] folders = [.. RootFolder.Folders(root.Path)];
        bool hasSplits = HasSplits(folders);
        foreach (string folder in folders)
        {
            if (!hasSplits)
                ReadClass(root, folder, null, entries, problems, ct);
            else if (SplitNames.Parse(Path.GetFileName(folder)) is { } split)
                ReadSplit(root, folder, split, entries, problems, ct);
            else
                problems.Add(new SampleProblem(root.Relative(folder), $"The folder was left out: beside train it must be named {SplitNames.Allowed}."));
        }

        return new Layout(LayoutNames.Folders, AddCaptions(root, entries, problems), problems);
    }

    private static void ReadSplit(RootFolder root, string folder, Split split, List<ImportEntry> entries, ProblemList problems, CancellationToken ct)
    {
        foreach (string folderOfClass in RootFolder.Folders(folder))
            ReadClass(root, folderOfClass, split, entries, problems, ct);
    }

    private static void ReadClass(RootFolder root, string folder, Split? split, List<ImportEntry> entries, ProblemList problems, CancellationToken ct)
    {
        string label = Path.GetFileName(folder);
        string[] found = [.. Find(root, folder, ct)];
        if (found.Length == 0)
            problems.Add(new SampleProblem(root.Relative(folder), $"The class folder {label} holds no video and no picture."));
        entries.AddRange(found.Select(f => new ImportEntry(root.Relative(f), label, split, null, null, [])));
    }

    /// <summary>Videos and pictures, and folders below the class that hold the frames of one video.</summary>
    private static IEnumerable<string> Find(RootFolder root, string folder, CancellationToken ct, bool isClass = true)
    {
        ct.ThrowIfCancellationRequested();
        string[] files = [.. root.Files(folder).Where(IsMedia)];
        bool isFrames = !isClass && files.Length > 0 && files.All(MediaFile.IsPicture);
        IEnumerable<string> below = RootFolder.Folders(folder).SelectMany(f => Find(root, f, ct, isClass: false));
        return (isFrames ? [folder] : files).Concat(below);
    }

    /// <summary>By name or by content: a video without an ending is a video, and one that is broken or may not be read is worth a word.</summary>
    private static bool IsMedia(string file)
    {
        if (MediaFile.IsMedia(file))
            return true;
        try
        {
            return MediaSignature.Of(file).Kind is not (MediaKind.Unknown or MediaKind.Empty);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static List<ImportEntry> AddCaptions(RootFolder root, List<ImportEntry> entries, ProblemList problems)
    {
        Dictionary<string, List<string>> captions = CaptionTable.Read(root, problems);
        var used = entries.Select(e => e.Path).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(captions.Keys.Where(p => !used.Contains(p)).Order(StringComparer.Ordinal).Select(p => new SampleProblem(p, $"{CaptionTable.FileName} has a sentence for {p}, which is no sample.")));
        return [.. entries.Select(e => captions.TryGetValue(e.Path, out List<string>? sentences) ? e with { Captions = sentences } : e)];
    }
}
