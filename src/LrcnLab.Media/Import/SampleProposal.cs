using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>What a layout proposes, completed: recordings named, files that do not exist left out.</summary>
/// <param name="Root">Where the samples lie.</param>
/// <param name="Layout">With the problems of all steps.</param>
internal sealed record SampleProposal(RootFolder Root, Layout Layout)
{
    /// <param name="path">Of a folder, or of one list in a folder.</param>
    /// <param name="options">Layout and split; shares are checked here.</param>
    /// <param name="ct">Cancels between files.</param>
    public static SampleProposal Read(string path, ImportOptions options, CancellationToken ct)
    {
        bool isFile = File.Exists(path);
        var root = new RootFolder(isFile ? Path.GetDirectoryName(Path.GetFullPath(path))! : path);
        if (Refusal(path, isFile, options) is { } refusal)
            return new SampleProposal(root, Layout.Refuse(refusal));
        var source = new SourceFolder(root, isFile ? path : null, ct);
        Layout layout = Layouts.LayoutReader.ReadFolder(source, options, ct);
        return new SampleProposal(root, layout.Refusal is null ? Complete(root, layout, ct) : layout);
    }

    private static string? Refusal(string path, bool isFile, ImportOptions options)
    {
        if (!(options.ValidationShare >= 0 && options.TestShare >= 0 && options.ValidationShare + options.TestShare < 1))
            return $"The shares of validation ({options.ValidationShare}) and test ({options.TestShare}) must be 0 or more and together below 1.";
        if (options.SplitNumber < 1)
            return $"The number of the split is {options.SplitNumber}; splits count from 1.";
        return isFile && !SourceFolder.IsList(path)
            ? $"{path} is a single file. Name a folder with one folder per class, a CSV table with the columns path and label, a data set's own list, or an archive (zip, tar, tar.gz)."
            : null;
    }

    private static Layout Complete(RootFolder root, Layout layout, CancellationToken ct)
    {
        string[] groups = RecordingGroup.OfAll([.. layout.Entries.Select(e => (e.Label, e.Path))]);
        var problems = new ProblemList();
        problems.AddRange(layout.Problems);
        var entries = new List<ImportEntry>(layout.Entries.Count);
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        for (int i = 0; i < layout.Entries.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            ImportEntry entry = layout.Entries[i];
            bool isNew = !known.TryGetValue(entry.Path, out bool exists);
            if (isNew)
                known[entry.Path] = exists = Path.Exists(root.Full(entry.Path));
            if (exists)
                entries.Add(entry.Group.Length > 0 ? entry : entry with { Group = groups[i] });
            else if (isNew)
                problems.Add(entry.Path, $"{entry.Path} does not exist.");
        }

        return layout with { Entries = entries, Problems = problems };
    }

    /// <summary>Names of the classes that samples have, in the order of their labels.</summary>
    public static string[] ClassesOf(Layout layout, IEnumerable<ImportEntry> entries)
    {
        var used = entries.Select(e => e.Label).Where(l => l.Length > 0).ToHashSet(StringComparer.Ordinal);
        string[] ordered = [.. (layout.Classes ?? []).Where(used.Remove)];
        return [.. ordered, .. used.Order(StringComparer.Ordinal)];
    }

    /// <summary>Why a set of these classes cannot be imported, or null. Sentences alone are a set without classes.</summary>
    public static string? Refusal(RootFolder root, Layout layout, int samples, string[] classes, ProblemList problems)
    {
        if (samples == 0)
        {
            return problems.Count switch
            {
                0 => $"{root.Path} holds no samples.",
                1 => $"{root.Path} holds nothing that can be used: {problems.First().Reason}",
                _ => $"{root.Path} holds nothing that can be used; there are {problems.Count} problems, the first is: {problems.First().Reason}",
            };
        }

        if (classes.Length != 1)
            return null;
        return $"{root.Path} has one class only ({classes[0]}); a classifier needs at least two."
            + (layout.Entries.Any(e => e.Label != classes[0]) || problems.Count > 0 ? $" There are {problems.Count} problems{(problems.Count > 0 ? $", the first is: {problems.First().Reason}" : ".")}" : "");
    }
}
