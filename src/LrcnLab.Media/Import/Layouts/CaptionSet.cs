using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>Collects sentences by file, in the order in which they came.</summary>
internal sealed class CaptionSet
{
    private readonly Dictionary<string, (Split? Split, string Group, List<string> Captions)> _files = new(StringComparer.Ordinal);

    public ProblemList Problems { get; } = new();

    /// <summary>Adds sentences; empty ones say nothing. A file keeps the split that it got first.</summary>
    public void Add(string path, Split? split, IEnumerable<string> captions, string group = "")
    {
        if (!_files.TryGetValue(path, out var file))
            _files[path] = file = (split, group, []);
        file.Captions.AddRange(captions.Select(c => c.Trim()).Where(c => c.Length > 0));
    }

    public Layout ToLayout(string name)
    {
        foreach (string path in _files.Where(f => f.Value.Captions.Count == 0).Select(f => f.Key))
            Problems.Add(path, $"{path} has no sentence.");
        return new Layout(name, [.. _files.Where(f => f.Value.Captions.Count > 0).Select(f => new ImportEntry(f.Key, "", f.Value.Split, null, null, f.Value.Captions) { Group = f.Value.Group })], Problems);
    }
}
