namespace LrcnLab.Core.Training;

/// <summary>Random numbers and orders that depend on nothing but their arguments, on every machine and version of the runtime.</summary>
public static class Shuffle
{
    /// <summary>The order of an epoch: a permutation of 0..count-1 decided by seed and epoch.</summary>
    public static int[] Order(int count, int seed, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        var random = new SplitMix(Mix(seed, epoch, -1));
        for (int i = count - 1; i > 0; i--)
        {
            int j = (int)(random.NextUnit() * (i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>
    /// As many places of <paramref name="labels"/> as there are, each class equally often (the first ones once more where it does not divide): clips of rare classes repeat,
    /// those of common ones wait for another epoch.
    /// </summary>
    public static int[] BalancedOrder(IReadOnlyList<int> labels, int seed, int epoch)
    {
        int[][] classes = [.. Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(g => g.Key).Select(g => g.ToArray())];
        int[][] drawn = [.. classes.Select((members, c) => Order(members.Length, seed, unchecked(epoch * 8191 + c + 1)).Select(i => members[i]).ToArray())];
        int[] chosen = [.. Enumerable.Range(0, labels.Count).Select(i => drawn[i % classes.Length][i / classes.Length % drawn[i % classes.Length].Length])];
        return [.. Order(chosen.Length, seed, epoch).Select(i => chosen[i])];
    }

    /// <summary>The source of one sample's augmentation in one epoch.</summary>
    public static SplitMix ForSample(int seed, int epoch, int sample) => new(Mix(seed, epoch, sample));

    /// <summary>A further source of the same sample in the same epoch: what draws from it changes nothing for the others.</summary>
    public static SplitMix ForSample(int seed, int epoch, int sample, RandomStream stream) => new(new SplitMix(Mix(seed, epoch, sample) + (ulong)stream).Next());

    private static ulong Mix(int seed, int epoch, int sample)
    {
        var mixer = new SplitMix((uint)seed);
        ulong a = mixer.Next() ^ (uint)epoch;
        ulong b = new SplitMix(a).Next() ^ (uint)sample;
        return new SplitMix(b).Next();
    }
}

/// <summary>What draws by itself, so that switching it on or off leaves all other draws as they were. The numbers never change.</summary>
public enum RandomStream { Shape = 1, Hue = 2, Erase = 3, Time = 4 }

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): small, fast, and the same everywhere.</summary>
public struct SplitMix(ulong state)
{
    private ulong _state = state;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Beta-distributed in [0, 1] with both parameters <paramref name="alpha"/>: the ratio of two gamma variables.</summary>
    public double NextBeta(double alpha)
    {
        double a = NextGamma(alpha), b = NextGamma(alpha);
        return a + b > 0 ? a / (a + b) : 0.5;
    }

    /// <summary>Uniform in [-limit, limit).</summary>
    public double NextSymmetric(double limit) => (2 * NextUnit() - 1) * limit;

    /// <summary>Marsaglia and Tsang 2000; below 1 by their power of a uniform variable.</summary>
    private double NextGamma(double shape)
    {
        if (shape < 1)
            return NextGamma(shape + 1) * Math.Pow(1 - NextUnit(), 1 / shape);
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            // Box and Muller; 1 - u lies in (0, 1], where the logarithm is finite.
            double x = Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());
            double v = Math.Pow(1 + c * x, 3);
            if (v > 0 && Math.Log(1 - NextUnit()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
                return d * v;
        }
    }
}
