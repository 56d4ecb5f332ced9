using LrcnLab.Core.Training;

namespace LrcnLab.Core.Datasets;

/// <summary>A sample that needs a split.</summary>
/// <param name="Class">Empty for a sample with sentences only.</param>
/// <param name="Group">Its recording, see <see cref="Sample.Group"/>; empty when none is known.</param>
/// <param name="Path">Of its file.</param>
public sealed record SplitCandidate(string Class, string Group, string Path);

/// <summary>Draws splits: each class in the same proportions, whole recordings on one side, the same for the same seed.</summary>
public static class RandomSplit
{
    private static readonly Split[] HeldOut = [Split.Validation, Split.Test];

    /// <summary>
    /// What shares a file or a recording stays together, whatever its classes. Units are taken in a random order, and one is held out when that brings its classes closer to their
    /// shares. A class of two units or more has at least one in validation (of three or more one in test, when asked for), and every class keeps one for training.
    /// </summary>
    /// <param name="samples">In any order, which changes nothing.</param>
    /// <param name="validationShare">Of each class's samples, from 0 to below 1.</param>
    /// <param name="testShare">Of each class's samples, from 0 to below 1; both together stay below 1.</param>
    /// <param name="seed">Another one draws other units.</param>
    /// <returns>One split for each sample, in the order of <paramref name="samples"/>.</returns>
    public static Split[] Draw(IReadOnlyList<SplitCandidate> samples, double validationShare, double testShare, int seed)
    {
        if (!(validationShare >= 0 && testShare >= 0 && validationShare + testShare < 1))
            throw new ArgumentOutOfRangeException(nameof(validationShare), $"The shares of validation ({validationShare}) and test ({testShare}) must be 0 or more and together below 1.");
        Unit[] units = Units(samples);
        units = [.. Shuffle.Order(units.Length, seed, 0).Select(i => units[i])];
        var drawing = new Drawing(units, validationShare, testShare);
        foreach (Unit unit in units)
            drawing.Offer(unit);
        foreach (string name in samples.Select(s => s.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            drawing.FillEmpty(name);

        var splits = new Split[samples.Count];
        foreach (Unit unit in units)
        {
            foreach (int sample in unit.Samples)
                splits[sample] = unit.Split;
        }

        return splits;
    }

    /// <summary>Samples that are connected by files and recordings, in the order of their first path.</summary>
    private static Unit[] Units(IReadOnlyList<SplitCandidate> samples)
    {
        int[] parent = [.. Enumerable.Range(0, samples.Count)];
        var files = new Dictionary<string, int>(StringComparer.Ordinal);
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < samples.Count; i++)
        {
            Join(files, samples[i].Path, i);
            if (samples[i].Group.Length > 0)
                Join(groups, samples[i].Group, i);
        }

        return [.. Enumerable.Range(0, samples.Count).GroupBy(Root).Select(members => new Unit([.. members], samples)).OrderBy(u => u.Key, StringComparer.Ordinal)];

        int Root(int i)
        {
            while (parent[i] != i)
                i = parent[i] = parent[parent[i]];
            return i;
        }

        void Join(Dictionary<string, int> known, string key, int i)
        {
            if (!known.TryAdd(key, i))
                parent[Root(i)] = Root(known[key]);
        }
    }

    private sealed class Unit(int[] members, IReadOnlyList<SplitCandidate> samples)
    {
        public int[] Samples { get; } = members;

        public string Key { get; } = members.Select(i => samples[i].Path).Min(StringComparer.Ordinal)!;

        /// <summary>Samples of each class.</summary>
        public IReadOnlyDictionary<string, int> Counts { get; } =
            members.CountBy(i => samples[i].Class, StringComparer.Ordinal).OrderBy(c => c.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

        public Split Split { get; set; } = Split.Train;
    }

    private sealed class Drawing
    {
        private readonly double[] _shares;

        /// <summary>Units that a class still has for training.</summary>
        private readonly Dictionary<string, int> _training = new(StringComparer.Ordinal);

        private readonly Dictionary<string, List<Unit>> _ofClass = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> _samples = new(StringComparer.Ordinal);
        private readonly Dictionary<(string Class, Split Split), int> _heldOut = [];

        public Drawing(Unit[] units, double validationShare, double testShare)
        {
            _shares = [validationShare, testShare];
            foreach (Unit unit in units)
            {
                foreach (var (name, count) in unit.Counts)
                {
                    _training[name] = _training.GetValueOrDefault(name) + 1;
                    _samples[name] = _samples.GetValueOrDefault(name) + count;
                    (_ofClass.TryGetValue(name, out List<Unit>? list) ? list : _ofClass[name] = []).Add(unit);
                }
            }
        }

        /// <summary>Holds the unit out where that lessens the squared distance of its classes from their shares most.</summary>
        public void Offer(Unit unit)
        {
            if (!CanLeave(unit))
                return;
            (double change, int to) = Enumerable.Range(0, HeldOut.Length).Where(s => _shares[s] > 0).Select(s => (Change(unit, s), s)).DefaultIfEmpty((0, 0)).MinBy(c => c.Item1);
            if (change < -1e-9)
                Move(unit, HeldOut[to]);
        }

        /// <summary>A class with nothing to measure by gives its smallest unit.</summary>
        public void FillEmpty(string name)
        {
            for (int s = 0; s < HeldOut.Length; s++)
            {
                if (_shares[s] == 0 || _heldOut.GetValueOrDefault((name, HeldOut[s])) > 0)
                    continue;
                if (_ofClass[name].Where(u => u.Split == Split.Train && CanLeave(u)).MinBy(u => u.Counts[name]) is { } smallest)
                    Move(smallest, HeldOut[s]);
            }
        }

        private bool CanLeave(Unit unit) => unit.Counts.Keys.All(c => _training[c] > 1);

        private double Change(Unit unit, int split)
        {
            double sum = 0;
            foreach (var (name, count) in unit.Counts)
            {
                double target = _shares[split] * _samples[name], before = _heldOut.GetValueOrDefault((name, HeldOut[split])) - target;
                sum += ((before + count) * (before + count) - before * before) / target;
            }

            return sum;
        }

        private void Move(Unit unit, Split to)
        {
            unit.Split = to;
            foreach (var (name, count) in unit.Counts)
            {
                _training[name]--;
                _heldOut[(name, to)] = _heldOut.GetValueOrDefault((name, to)) + count;
            }
        }
    }
}
