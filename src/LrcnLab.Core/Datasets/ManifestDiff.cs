namespace LrcnLab.Core.Datasets;

/// <summary>A sample that two versions have differently; <see cref="From"/> and <see cref="To"/> are classes or splits.</summary>
/// <param name="Path">Of its file.</param>
/// <param name="Start">Of its part, seconds.</param>
/// <param name="End">Of its part, seconds.</param>
/// <param name="Index">In the later version, or in the earlier one for a sample that was dropped.</param>
/// <param name="From">Empty for a sample that was added.</param>
/// <param name="To">Empty for a sample that was dropped.</param>
public sealed record SampleChange(string Path, double? Start, double? End, int Index, string From, string To);

/// <summary>All changes of one kind, counted, and the first of them.</summary>
public sealed record SampleChanges(int Count, IReadOnlyList<SampleChange> First);

public sealed record ClassChange(string From, string To);

/// <summary>What two versions of a data set have differently. Samples are the same when file and part are the same.</summary>
public sealed record ManifestDiff
{
    public required IReadOnlyList<string> ClassesAdded { get; init; }
    public required IReadOnlyList<string> ClassesRemoved { get; init; }

    /// <summary>Classes whose samples, all of them and no others, have another class name.</summary>
    public required IReadOnlyList<ClassChange> ClassesRenamed { get; init; }

    public required SampleChanges Added { get; init; }
    public required SampleChanges Dropped { get; init; }

    /// <summary>Of another class, other than by its renaming.</summary>
    public required SampleChanges Relabelled { get; init; }

    /// <summary>In another split.</summary>
    public required SampleChanges Moved { get; init; }

    /// <summary>The same name and part, but another content or other sentences.</summary>
    public required SampleChanges Rewritten { get; init; }

    /// <summary>Classes that must not be mirrored now and could be before.</summary>
    public required IReadOnlyList<string> UnmirroredAdded { get; init; }

    /// <summary>Classes that may be mirrored now and could not be before.</summary>
    public required IReadOnlyList<string> UnmirroredRemoved { get; init; }

    public bool IsEmpty => ClassesAdded.Count + ClassesRemoved.Count + ClassesRenamed.Count + UnmirroredAdded.Count + UnmirroredRemoved.Count == 0
        && Added.Count + Dropped.Count + Relabelled.Count + Moved.Count + Rewritten.Count == 0;

    /// <param name="parent">The earlier version.</param>
    /// <param name="child">The later version; neither need be made from the other.</param>
    /// <param name="first">How many samples of each kind to name.</param>
    public static ManifestDiff Of(DatasetManifest parent, DatasetManifest child, int first = 50)
    {
        var (pairs, dropped, added) = Match(parent, child);
        ClassChange[] renamed = Renamed(parent, child, pairs);
        Dictionary<string, string> names = renamed.ToDictionary(r => r.From, r => r.To, StringComparer.Ordinal);
        string Before(Sample s) => names.GetValueOrDefault(Class(parent, s), Class(parent, s));
        SampleChanges Changed(Func<Sample, Sample, bool> differs, Func<Sample, string> from, Func<Sample, string> to)
        {
            var all = pairs.Where(p => differs(parent.Samples[p.Old], child.Samples[p.New])).ToList();
            return new SampleChanges(all.Count, [.. all.Take(first).Select(p => Change(child.Samples[p.New], p.New, from(parent.Samples[p.Old]), to(child.Samples[p.New])))]);
        }

        string[] unmirroredBefore = [.. parent.Unmirrored.Select(l => parent.Classes[l]).Select(c => names.GetValueOrDefault(c, c))], unmirrored = [.. child.Unmirrored.Select(l => child.Classes[l])];
        return new ManifestDiff
        {
            ClassesAdded = [.. child.Classes.Except(parent.Classes).Except(renamed.Select(r => r.To))],
            ClassesRemoved = [.. parent.Classes.Except(child.Classes).Except(renamed.Select(r => r.From))],
            ClassesRenamed = renamed,
            Added = new SampleChanges(added.Count, [.. added.Take(first).Select(i => Change(child.Samples[i], i, "", Class(child, child.Samples[i])))]),
            Dropped = new SampleChanges(dropped.Count, [.. dropped.Take(first).Select(i => Change(parent.Samples[i], i, Class(parent, parent.Samples[i]), ""))]),
            Relabelled = Changed((a, b) => Before(a) != Class(child, b), s => Class(parent, s), s => Class(child, s)),
            Moved = Changed((a, b) => a.Split != b.Split, s => DatasetEditor.Word(s.Split), s => DatasetEditor.Word(s.Split)),
            Rewritten = Changed((a, b) => a.Sha256 != b.Sha256 || !a.Captions.SequenceEqual(b.Captions), s => s.Sha256.Length > 8 ? s.Sha256[..8] : s.Sha256, s => s.Sha256.Length > 8 ? s.Sha256[..8] : s.Sha256),
            UnmirroredAdded = [.. unmirrored.Except(unmirroredBefore)],
            UnmirroredRemoved = [.. unmirroredBefore.Except(unmirrored)],
        };
    }

    private static (List<(int Old, int New)> Pairs, List<int> Dropped, List<int> Added) Match(DatasetManifest parent, DatasetManifest child)
    {
        // The same part may be listed more than once; then the first is matched with the first.
        var old = new Dictionary<(string, double?, double?), Queue<int>>();
        foreach (var (i, s) in parent.Samples.Index())
            (old.TryGetValue((s.Path, s.Start, s.End), out Queue<int>? same) ? same : old[(s.Path, s.Start, s.End)] = new Queue<int>()).Enqueue(i);
        var pairs = new List<(int, int)>();
        var added = new List<int>();
        foreach (var (i, s) in child.Samples.Index())
        {
            if (old.TryGetValue((s.Path, s.Start, s.End), out Queue<int>? same) && same.TryDequeue(out int match))
                pairs.Add((match, i));
            else
                added.Add(i);
        }

        return (pairs, [.. old.Values.SelectMany(q => q).Order()], added);
    }

    private static ClassChange[] Renamed(DatasetManifest parent, DatasetManifest child, List<(int Old, int New)> pairs)
    {
        HashSet<string> gone = [.. parent.Classes.Except(child.Classes)], fresh = [.. child.Classes.Except(parent.Classes)];
        ILookup<string, string> targets = pairs.Select(p => (Class(parent, parent.Samples[p.Old]), Class(child, child.Samples[p.New]))).Distinct().ToLookup(p => p.Item1, p => p.Item2);
        ILookup<string, string> sources = targets.SelectMany(t => t.Select(to => (From: t.Key, To: to))).ToLookup(p => p.To, p => p.From);
        return [.. gone.Where(from => targets[from].Count() == 1 && fresh.Contains(targets[from].First()) && sources[targets[from].First()].Count() == 1).Select(from => new ClassChange(from, targets[from].First()))];
    }

    private static SampleChange Change(Sample sample, int index, string from, string to) => new(sample.Path, sample.Start, sample.End, index, from, to);

    private static string Class(DatasetManifest manifest, Sample sample) => sample.Label < 0 ? "" : manifest.Classes[sample.Label];
}
