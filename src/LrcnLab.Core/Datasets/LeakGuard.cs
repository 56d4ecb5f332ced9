namespace LrcnLab.Core.Datasets;

/// <summary>Finds what splits share although they should not: recordings, parts of one file, pictures that look the same.</summary>
public static class LeakGuard
{
    private const int MaxGroups = 1000;

    /// <summary>What leaks between the splits of this manifest.</summary>
    public static LeakReport Check(DatasetManifest manifest) => Examine(manifest).Report;

    /// <summary>What leaks, and for each sample <see cref="SampleFlags.DuplicateAcrossSplits"/>, <see cref="SampleFlags.Duplicate"/> and <see cref="SampleFlags.GroupAcrossSplits"/>.</summary>
    public static (LeakReport Report, SampleFlags[] Flags) Examine(DatasetManifest manifest)
    {
        var alike = new LookAlikes(manifest.Samples);
        SampleFlags[] flags = alike.Flags;
        var groups = new List<LeakingGroup>();
        foreach (var (kind, name, members) in Straddling(manifest.Samples))
        {
            foreach (int i in members)
                flags[i] |= SampleFlags.GroupAcrossSplits;
            int Count(Split split) => members.Count(i => manifest.Samples[i].Split == split);
            groups.Add(new LeakingGroup(kind, name, Count(Split.Train), Count(Split.Validation), Count(Split.Test), [.. members.DistinctBy(i => manifest.Samples[i].Split).OrderBy(i => manifest.Samples[i].Split)]));
        }

        var report = new LeakReport
        {
            GroupCount = groups.Count,
            Groups = [.. groups.OrderByDescending(g => g.Train + g.Validation + g.Test).ThenBy(g => g.Name, StringComparer.Ordinal).Take(MaxGroups)],
            PairCount = alike.Count,
            CountIsLowerBound = alike.CountIsLowerBound,
            Pairs = alike.Pairs(),
            Duplicates = flags.Count(f => f.HasFlag(SampleFlags.Duplicate)),
            Compared = alike.Compared,
        };
        return (report, flags);
    }

    /// <summary>All samples of groups, which the report names by examples only; in rising order, each once.</summary>
    public static IReadOnlyList<int> Members(DatasetManifest manifest, IEnumerable<LeakingGroup> groups)
    {
        HashSet<(LeakKind, string)> wanted = [.. groups.Select(g => (g.Kind, g.Name))];
        return [.. Straddling(manifest.Samples).Where(s => wanted.Contains((s.Kind, s.Name))).SelectMany(s => s.Members).Distinct().Order()];
    }

    /// <summary>Samples that look like one of them: the same part of the same file, or nearly the same frames; the most alike first, at most <paramref name="take"/>.</summary>
    /// <param name="samples">Of the version.</param>
    /// <param name="index">The one that the others are compared with.</param>
    /// <param name="take">Most that are given.</param>
    /// <returns>Index and share of differing bits of each, in any split.</returns>
    public static IReadOnlyList<(int Index, double Distance)> AlikeTo(IReadOnlyList<Sample> samples, int index, int take)
    {
        Sample one = samples[index];
        ulong[]? bits = FingerprintBits.Read(one.Fingerprint);
        return [.. samples.Index().Where(s => s.Index != index).Select(s => (s.Index, Distance: Distance(one, bits, s.Item))).Where(s => s.Distance >= 0).OrderBy(s => s.Distance).ThenBy(s => s.Index).Take(take)];
    }

    /// <returns>Below 0 when the two do not look alike.</returns>
    private static double Distance(Sample one, ulong[]? bits, Sample other)
    {
        if (one.Sha256.Length > 0 && one.Sha256 == other.Sha256 && one.Start == other.Start && one.End == other.End)
            return 0;
        if (bits is null || FingerprintBits.Read(other.Fingerprint) is not { } others || others.Length != bits.Length || !FingerprintBits.SameColors(bits, one.Colors, other.Colors))
            return -1;
        return (double)FingerprintBits.Distance(bits, others) / (bits.Length * 64);
    }

    private static IEnumerable<(LeakKind Kind, string Name, int[] Members)> Straddling(IReadOnlyList<Sample> samples)
    {
        var reported = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in Spread(samples, s => s.Group))
        {
            reported.Add(group.Key);
            yield return (LeakKind.Recording, group.Key, [.. group]);
        }

        // By content, since a copy under another name is the same file.
        foreach (var file in Spread(samples, s => s.Sha256.Length > 0 ? s.Sha256 : s.Path))
        {
            int[] members = [.. file];
            bool known = reported.Contains(samples[members[0]].Group) && members.All(i => samples[i].Group == samples[members[0]].Group);
            // The same part twice is a pair of look-alikes.
            bool isOnePart = members.All(i => samples[i].Start == samples[members[0]].Start && samples[i].End == samples[members[0]].End);
            if (!known && !isOnePart)
                yield return (Overlap(members, samples) ? LeakKind.Overlap : LeakKind.File, samples[members[0]].Path, members);
        }
    }

    private static IEnumerable<IGrouping<string, int>> Spread(IReadOnlyList<Sample> samples, Func<Sample, string> key) =>
        Enumerable.Range(0, samples.Count).Where(i => key(samples[i]).Length > 0).GroupBy(i => key(samples[i]), StringComparer.Ordinal)
            .Where(g => g.Any(i => samples[i].Split != samples[g.First()].Split));

    /// <summary>Whether parts in different splits have a moment in common.</summary>
    private static bool Overlap(int[] members, IReadOnlyList<Sample> samples)
    {
        // The end that reaches furthest so far, of each split.
        var reach = new double[] { double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity };
        foreach (Sample part in members.Select(i => samples[i]).OrderBy(s => s.Start ?? 0))
        {
            double start = part.Start ?? 0;
            for (int split = 0; split < reach.Length; split++)
            {
                if (split != (int)part.Split && reach[split] > start)
                    return true;
            }

            reach[(int)part.Split] = Math.Max(reach[(int)part.Split], part.End ?? double.PositiveInfinity);
        }

        return false;
    }
}
