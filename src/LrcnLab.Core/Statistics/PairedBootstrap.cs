namespace LrcnLab.Core.Statistics;

/// <summary>By how much one classifier beats another on the same samples, and how sure that is.</summary>
/// <param name="Difference">Share of right answers of the first less that of the second, over all seeds.</param>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end.</param>
public sealed record PairedBootstrap(double Difference, double Low, double High)
{
    private const int MostReplicates = 2000, FewestReplicates = 200;
    private const long MostLooks = 100_000_000;

    /// <summary>Whether the interval has zero in it: they cannot be told apart.</summary>
    public bool IsTie => Low <= 0 && High >= 0;

    /// <summary>
    /// Draws samples and, where there are several, seeds again and again, with replacement (Efron 1979, percentile interval). The same answer each time.
    /// </summary>
    /// <param name="first">[seed][sample] whether the first is right.</param>
    /// <param name="second">The same of the second; any number of seeds, the same samples.</param>
    /// <exception cref="ArgumentException">A side has no seed, or the samples differ in number.</exception>
    public static PairedBootstrap Of(IReadOnlyList<bool[]> first, IReadOnlyList<bool[]> second)
    {
        int samples = first.Count > 0 ? first[0].Length : 0;
        if (samples == 0 || second.Count == 0 || first.Concat(second).Any(s => s.Length != samples))
            throw new ArgumentException("Both sides need a seed, and the same samples.");
        int replicates = (int)Math.Clamp(MostLooks / ((long)samples * (first.Count + second.Count)), FewestReplicates, MostReplicates);
        ulong state = 0x9E3779B97F4A7C15;
        double[] found = new double[replicates];
        int[] drawn = new int[samples];
        for (int r = 0; r < replicates; r++)
        {
            Array.Clear(drawn);
            for (int i = 0; i < samples; i++)
                drawn[Next(ref state, samples)]++;
            found[r] = Share(first, drawn, samples, ref state) - Share(second, drawn, samples, ref state);
        }

        Array.Sort(found);
        return new PairedBootstrap(Mean(first) - Mean(second), Quantile(found, 0.025), Quantile(found, 0.975));
    }

    private static double Mean(IReadOnlyList<bool[]> side) => side.Average(s => s.Count(right => right) / (double)s.Length);

    /// <summary>Of seeds drawn with replacement; a single one is always itself.</summary>
    private static double Share(IReadOnlyList<bool[]> side, int[] drawn, int samples, ref ulong state)
    {
        long right = 0;
        for (int s = 0; s < side.Count; s++)
        {
            bool[] answers = side[side.Count == 1 ? 0 : Next(ref state, side.Count)];
            for (int i = 0; i < answers.Length; i++)
                right += answers[i] ? drawn[i] : 0;
        }

        return right / ((double)samples * side.Count);
    }

    private static double Quantile(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 < sorted.Length ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014), reduced by multiplication.</summary>
    private static int Next(ref ulong state, int below)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)Math.BigMul(z ^ (z >> 31), (ulong)below, out _);
    }
}
