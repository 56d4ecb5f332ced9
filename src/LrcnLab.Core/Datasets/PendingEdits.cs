namespace LrcnLab.Core.Datasets;

/// <summary>What somebody wants to change in samples of a version, before a new version is made of it. Immutable, so that undo is the one before.</summary>
/// <param name="Classes">New class of a sample, by its index.</param>
/// <param name="Splits">New split of a sample, by its index.</param>
/// <param name="Dropped">Samples that the new version leaves out.</param>
public sealed record PendingEdits(
    IReadOnlyDictionary<int, string> Classes, IReadOnlyDictionary<int, Split> Splits, IReadOnlySet<int> Dropped)
{
    public static PendingEdits None { get; } = new(new Dictionary<int, string>(), new Dictionary<int, Split>(), new HashSet<int>());

    public bool IsEmpty => Classes.Count == 0 && Splits.Count == 0 && Dropped.Count == 0;

    /// <summary>Such as <c>3 relabelled, 1 dropped</c>; a dropped sample counts as nothing else.</summary>
    public string Summary
    {
        get
        {
            (int Count, string What)[] parts = [(Classes.Keys.Count(Kept), "relabelled"), (Splits.Keys.Count(Kept), "moved"), (Dropped.Count, "dropped")];
            return string.Join(", ", parts.Where(p => p.Count > 0).Select(p => $"{p.Count} {p.What}"));
        }
    }

    /// <param name="samples">Each with its class as the version has it; null for a sample without one.</param>
    /// <param name="to">The class that all of them get; getting the old one back is no change.</param>
    public PendingEdits Relabel(IEnumerable<(int Index, string? Class)> samples, string to)
    {
        var classes = new Dictionary<int, string>(Classes);
        foreach ((int index, string? from) in samples)
        {
            if (from == to)
                classes.Remove(index);
            else
                classes[index] = to;
        }

        return this with { Classes = classes };
    }

    /// <param name="samples">Each with its split as the version has it.</param>
    /// <param name="to">The split that all of them get.</param>
    public PendingEdits Move(IEnumerable<(int Index, Split Split)> samples, Split to)
    {
        var splits = new Dictionary<int, Split>(Splits);
        foreach ((int index, Split from) in samples)
        {
            if (from == to)
                splits.Remove(index);
            else
                splits[index] = to;
        }

        return this with { Splits = splits };
    }

    /// <summary>Drops samples, or takes them all back when all of them are dropped already.</summary>
    public PendingEdits Drop(IReadOnlyCollection<int> samples) =>
        this with { Dropped = samples.All(Dropped.Contains) ? Dropped.Except(samples).ToHashSet() : Dropped.Union(samples).ToHashSet() };

    /// <summary>As few edits as say the same, one for each class and split.</summary>
    public IReadOnlyList<DatasetEdit> ToEdits()
    {
        var edits = new List<DatasetEdit>();
        edits.AddRange(Classes.Where(c => Kept(c.Key)).GroupBy(c => c.Value, c => c.Key).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new RelabelSamples([.. g.Order()], g.Key)));
        edits.AddRange(Splits.Where(s => Kept(s.Key)).GroupBy(s => s.Value, s => s.Key).OrderBy(g => g.Key).Select(g => new MoveSamples([.. g.Order()], g.Key)));
        if (Dropped.Count > 0)
            edits.Add(new DropSamples([.. Dropped.Order()]));
        return edits;
    }

    private bool Kept(int index) => !Dropped.Contains(index);
}
