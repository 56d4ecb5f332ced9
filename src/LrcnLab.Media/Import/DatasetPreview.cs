using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>What a proposal would become. Looks at names and sizes, never into files.</summary>
internal static class DatasetPreview
{
    private const int MaxProblems = 200, Examples = 12;

    public static ImportPreview Of(SampleProposal proposal, ImportOptions options, IEnumerable<SampleProblem> before, CancellationToken ct)
    {
        Layout layout = proposal.Layout;
        var problems = new ProblemList();
        problems.AddRange(before);
        problems.AddRange(layout.Problems);
        (IReadOnlyList<ImportEntry> entries, int files, long bytes) = Measure(proposal, problems, ct);
        string[] classes = SampleProposal.ClassesOf(layout, entries);
        string? refusal = layout.Refusal ?? SampleProposal.Refusal(proposal.Root, layout, entries.Count, classes, problems);
        bool official = SplitAssigner.IsOfficial(entries);
        entries = layout.Refusal is null ? SplitAssigner.Assign(entries, options) : [];
        var counts = entries.CountBy(e => (e.Label, e.Split!.Value)).ToDictionary();
        int Count(string label, Split split) => counts.GetValueOrDefault((label, split));
        return new ImportPreview
        {
            Layout = layout.Name,
            Explanation = layout.Explanation,
            Refusal = refusal,
            SplitChoices = layout.SplitChoices,
            Samples = entries.Count,
            Files = files,
            Bytes = bytes,
            Captions = entries.Sum(e => e.Captions.Count),
            Classes = [.. classes.Select(c => new ClassPreview(c, Count(c, Split.Train), Count(c, Split.Validation), Count(c, Split.Test)))],
            Train = entries.Count(e => e.Split == Split.Train),
            Validation = entries.Count(e => e.Split == Split.Validation),
            Test = entries.Count(e => e.Split == Split.Test),
            OfficialSplits = official,
            Groups = entries.Select(e => e.Group).Where(g => g.Length > 0).Distinct(StringComparer.Ordinal).Count(),
            Examples = [.. Spread(entries).Select(e => new SamplePreview(e.Path, e.Label, e.Split!.Value, e.Group, e.Start, e.End, e.Captions))],
            Problems = [.. problems.Sorted().Take(MaxProblems)],
            ProblemCount = problems.Count,
        };
    }

    /// <summary>Sums up the files and takes out the empty ones.</summary>
    private static (IReadOnlyList<ImportEntry>, int Files, long Bytes) Measure(SampleProposal proposal, ProblemList problems, CancellationToken ct)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string path in proposal.Layout.Entries.Select(e => e.Path))
        {
            ct.ThrowIfCancellationRequested();
            if (sizes.ContainsKey(path))
                continue;
            string full = proposal.Root.Full(path);
            sizes[path] = Directory.Exists(full) ? new DirectoryInfo(full).EnumerateFiles().Sum(f => f.Length) : MediaFile.Length(full);
            if (sizes[path] == 0)
                problems.Add(path, $"{path} is empty.");
        }

        return ([.. proposal.Layout.Entries.Where(e => sizes[e.Path] > 0)], sizes.Count(s => s.Value > 0), sizes.Values.Sum());
    }

    /// <summary>Some from all over, so that several classes are seen.</summary>
    private static IEnumerable<ImportEntry> Spread(IReadOnlyList<ImportEntry> entries)
    {
        int count = Math.Min(Examples, entries.Count);
        return Enumerable.Range(0, count).Select(i => entries[(int)((long)i * entries.Count / count)]);
    }
}
