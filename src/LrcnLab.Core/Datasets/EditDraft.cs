namespace LrcnLab.Core.Datasets;

/// <summary>A manifest while edits are applied to it.</summary>
internal sealed class EditDraft(DatasetManifest manifest)
{
    private const int NamesShown = 3, ClassesShown = 20;

    private readonly List<string> _changes = [];

    public List<string> Classes { get; } = [.. manifest.Classes];

    public HashSet<int> Unmirrored { get; set; } = [.. manifest.Unmirrored];

    /// <summary>By their index in the manifest; null for one that was dropped.</summary>
    public Sample?[] Samples { get; } = [.. manifest.Samples];

    public void Note(string change) => _changes.Add(change);

    /// <summary>Why these samples cannot be changed, or null.</summary>
    public string? Unknown(IReadOnlyList<int> samples)
    {
        if (samples.Count == 0)
            return "No sample was named: choose at least one.";
        foreach (int i in samples)
        {
            if (i < 0 || i >= Samples.Length)
                return $"There is no sample {i}: this version has the samples 0 to {Samples.Length - 1}.";
            if (Samples[i] is null)
                return $"Sample {i} ({manifest.Samples[i].Path}) is dropped by an earlier edit; take that one back first.";
        }

        return null;
    }

    /// <summary>Why there is no such class, or null.</summary>
    public string? UnknownClass(string name) => Classes.Contains(name)
        ? null
        : Classes.Count == 0
            ? $"There is no class \"{name}\": this version has no classes, only sentences."
            : $"There is no class \"{name}\": the classes are {Quoted([.. Classes.Take(ClassesShown)])}{(Classes.Count > ClassesShown ? $" and {Classes.Count - ClassesShown} more" : "")}.";

    /// <summary>The first few paths.</summary>
    public string Names(IReadOnlyList<int> samples) =>
        string.Join(", ", samples.Take(NamesShown).Select(i => Cut(Samples[i]!))) + (samples.Count > NamesShown ? $" and {samples.Count - NamesShown} more" : "");

    /// <summary>Gives every sample the label that its class has in a new list of classes.</summary>
    /// <param name="classes">The new list.</param>
    /// <param name="labels">From each old label to the new one.</param>
    public void Relabel(IReadOnlyList<string> classes, IReadOnlyList<int> labels)
    {
        for (int i = 0; i < Samples.Length; i++)
        {
            if (Samples[i] is { Label: >= 0 } sample)
                Samples[i] = sample with { Label = labels[sample.Label] };
        }

        Unmirrored = [.. Unmirrored.Select(label => labels[label]).Where(label => label >= 0)];
        Classes.Clear();
        Classes.AddRange(classes);
    }

    /// <summary>Classes that the edits have emptied go.</summary>
    /// <returns>Why that cannot be, or null.</returns>
    public string? DropEmptyClasses(DatasetManifest before)
    {
        var had = before.Samples.Where(s => s.Label >= 0).Select(s => before.Classes[s.Label]).ToHashSet();
        var has = Samples.OfType<Sample>().Select(s => s.Label).ToHashSet();
        // A class that had no sample before is not this edit's business.
        int[] kept = [.. Enumerable.Range(0, Classes.Count).Where(label => has.Contains(label) || before.Classes.Contains(Classes[label]) && !had.Contains(Classes[label]))];
        if (before.Classes.Count >= 2 && kept.Length < 2)
            return $"Only {(kept.Length == 0 ? "no class" : $"the class \"{Classes[kept[0]]}\"")} would be left with samples: a classifier needs at least two.";
        if (kept.Length == Classes.Count)
            return null;
        foreach (string name in Enumerable.Range(0, Classes.Count).Except(kept).Select(label => Classes[label]))
            Note($"The class \"{name}\" has no sample any more and is gone.");
        Relabel([.. kept.Select(label => Classes[label])], [.. Enumerable.Range(0, Classes.Count).Select(label => Array.IndexOf(kept, label))]);
        return null;
    }

    public (DatasetManifest Manifest, int[] Origins) Finish(DatasetManifest before)
    {
        int[] origins = [.. Enumerable.Range(0, Samples.Length).Where(i => Samples[i] is not null)];
        DatasetManifest edited = before with
        {
            Classes = [.. Classes],
            Unmirrored = [.. Unmirrored.Order()],
            Samples = [.. origins.Select(i => Samples[i]!)],
            Parent = before.Hash(),
            Changes = [.. _changes],
        };
        return (edited, origins);
    }

    internal static string Quoted(IReadOnlyCollection<string> names) => string.Join(", ", names.Select(n => $"\"{n}\""));

    private static string Cut(Sample sample) =>
        sample.Start is null && sample.End is null ? sample.Path : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{sample.Path} ({sample.Start ?? 0:0.##} s to {sample.End?.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) ?? "the end"})");
}
