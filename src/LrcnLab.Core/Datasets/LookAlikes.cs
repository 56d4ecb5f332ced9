using System.Globalization;

namespace LrcnLab.Core.Datasets;

/// <summary>Samples that look the same: the same part of the same file, or nearly the same fingerprint.</summary>
internal sealed class LookAlikes
{
    private const int MaxPairs = 1000;

    /// <summary>Different looks that resemble each other across splits; where there are more, a data set is one look.</summary>
    private const int MaxFound = 500_000;

    private readonly IReadOnlyList<Sample> _samples;
    private readonly List<Look> _looks = [];
    private readonly Dictionary<(int, int), int> _near = [];

    public LookAlikes(IReadOnlyList<Sample> samples)
    {
        _samples = samples;
        Flags = new SampleFlags[samples.Count];
        Collect();
        foreach (var (index, look) in _looks.Index())
            Mark(look, look, index, index, 0);
        foreach (var length in _looks.Index().Where(l => l.Item.Bits is not null).GroupBy(l => l.Item.Bits!.Length))
        {
            int[] members = [.. length.Select(l => l.Index)];
            NearDuplicates.Find([.. members.Select(m => _looks[m].Bits!)], (a, b, distance) => Meet(members[a], members[b], distance));
        }
    }

    /// <summary><see cref="SampleFlags.Duplicate"/> and <see cref="SampleFlags.DuplicateAcrossSplits"/> of each sample.</summary>
    public SampleFlags[] Flags { get; }

    /// <summary>Pairs across splits.</summary>
    public long Count { get; private set; }

    public bool CountIsLowerBound { get; private set; }

    public int Compared => _looks.Where(l => l.Bits is not null).Sum(l => l.Members.Count);

    /// <summary>The most alike first.</summary>
    public IReadOnlyList<SamplePair> Pairs() => [.. _near.OrderBy(n => n.Value).ThenBy(n => n.Key).SelectMany(n => PairsOf(_looks[n.Key.Item1], _looks[n.Key.Item2], n.Value / 1e6)).Take(MaxPairs)];

    /// <summary>Samples that agree exactly are one look, so that a thousand copies are not half a million comparisons.</summary>
    private void Collect()
    {
        var known = new Dictionary<string, Look>(StringComparer.Ordinal);
        for (int i = 0; i < _samples.Count; i++)
        {
            Sample sample = _samples[i];
            ulong[]? bits = FingerprintBits.Read(sample.Fingerprint);
            string key = bits is not null ? $"{sample.Fingerprint!.Hashes} {Key(sample.Colors)}" : string.Create(CultureInfo.InvariantCulture, $"{sample.Sha256} {sample.Start} {sample.End}");
            if (!known.TryGetValue(key, out Look? look))
                _looks.Add(known[key] = look = new Look(bits, sample.Colors));
            look.Add(i, sample.Split);
        }
    }

    private bool Meet(int a, int b, int distance)
    {
        (Look one, Look other) = (_looks[a], _looks[b]);
        return !FingerprintBits.SameColors(one.Bits, one.Colors, other.Colors) || Mark(one, other, a, b, (double)distance / (one.Bits!.Length * 64));
    }

    private static string Key(ColorStatistics? colors) => colors is null ? "" : string.Join(' ', colors.Mean.Select(m => m.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>Notes that two looks, or one with itself, are alike. False when there are too many.</summary>
    private bool Mark(Look a, Look b, int first, int second, double distance)
    {
        foreach (Split split in Enum.GetValues<Split>())
        {
            bool one = ReferenceEquals(a, b);
            Set(a, split, b.In(split) > (one ? 1 : 0), b.Members.Count > b.In(split));
            Set(b, split, a.In(split) > (one ? 1 : 0), a.Members.Count > a.In(split));
        }

        long across = Across(a, b);
        if (across == 0 || !_near.TryAdd((first, second), (int)(distance * 1e6)))
            return true;
        Count += across;
        CountIsLowerBound = _near.Count >= MaxFound;
        return !CountIsLowerBound;
    }

    private void Set(Look look, Split split, bool same, bool other)
    {
        SampleFlags flags = (same ? SampleFlags.Duplicate : 0) | (other ? SampleFlags.DuplicateAcrossSplits : 0);
        if (flags == 0 || look.In(split) == 0 || (look.Marked[(int)split] & flags) == flags)
            return;
        look.Marked[(int)split] |= flags;
        foreach (int i in look.Members.Where(i => _samples[i].Split == split))
            Flags[i] |= flags;
    }

    private static long Across(Look a, Look b)
    {
        long same = Enum.GetValues<Split>().Sum(s => (long)a.In(s) * b.In(s)), all = (long)a.Members.Count * b.Members.Count;
        return ReferenceEquals(a, b) ? (all - same) / 2 : all - same;
    }

    private IEnumerable<SamplePair> PairsOf(Look a, Look b, double distance) =>
        from i in a.Members
        from j in b.Members
        where _samples[i].Split != _samples[j].Split && (!ReferenceEquals(a, b) || i < j)
        select _samples[i].Split < _samples[j].Split ? new SamplePair(i, j, distance) : new SamplePair(j, i, distance);

    private sealed class Look(ulong[]? bits, ColorStatistics? colors)
    {
        private readonly int[] _counts = new int[3];

        public ulong[]? Bits { get; } = bits;
        public ColorStatistics? Colors { get; } = colors;
        public List<int> Members { get; } = [];

        /// <summary>What the members of each split are marked with already.</summary>
        public SampleFlags[] Marked { get; } = new SampleFlags[3];

        public int In(Split split) => _counts[(int)split];

        public void Add(int sample, Split split)
        {
            Members.Add(sample);
            _counts[(int)split]++;
        }
    }
}
