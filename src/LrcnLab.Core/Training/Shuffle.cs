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

    /// <summary>The source of one sample's augmentation in one epoch.</summary>
    public static SplitMix ForSample(int seed, int epoch, int sample) => new(Mix(seed, epoch, sample));

    private static ulong Mix(int seed, int epoch, int sample)
    {
        var mixer = new SplitMix((uint)seed);
        ulong a = mixer.Next() ^ (uint)epoch;
        ulong b = new SplitMix(a).Next() ^ (uint)sample;
        return new SplitMix(b).Next();
    }
}

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

    /// <summary>Uniform in [-limit, limit).</summary>
    public double NextSymmetric(double limit) => (2 * NextUnit() - 1) * limit;
}
