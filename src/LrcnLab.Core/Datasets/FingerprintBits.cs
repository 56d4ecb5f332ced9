using System.Numerics;

namespace LrcnLab.Core.Datasets;

/// <summary>Perceptual hashes as words of 64 bits, to be compared.</summary>
internal static class FingerprintBits
{
    /// <summary>Largest share of bits in which two copies of the same pictures differ; see docs/decisions/0020-near-duplicates.md for this and the other figures.</summary>
    public const double Threshold = 0.05;

    /// <summary>Hashes of 256 bits.</summary>
    private const int WordsOfFrame = 4;

    /// <summary>
    /// A copy agrees moment by moment: its distance is at most this part of the distance between different moments. Other takes of the same face before the same wall are no
    /// farther from each other than their own frames are.
    /// </summary>
    private const double MomentShare = 0.4;

    /// <summary>Where hardly anything moves, moments say nothing, and a copy must be as good as exact.</summary>
    private const double StillThreshold = 0.01;

    /// <summary>
    /// Largest number of differing bits for each bit that says something in either picture. A drawing on an empty ground sets few bits, and two of them differ in
    /// few even when they show different things.
    /// </summary>
    private const double SparseThreshold = 0.2;

    /// <summary>How far copies' mean colours are apart at most, on the scale 0 to 1: conversions between video formats shift them a little, pictures keep theirs.</summary>
    private const double ColorTolerance = 0.02, ColorToleranceOfPictures = 0.01;

    /// <summary>Below this share of set or of unset bits a picture is as good as empty, and resembles every empty one.</summary>
    private const double Empty = 0.02;

    /// <returns>Null for none, for one that cannot be read, and for pictures that are as good as empty.</returns>
    public static ulong[]? Read(FrameFingerprint? fingerprint)
    {
        if (fingerprint is null)
            return null;
        byte[] bytes = new byte[fingerprint.Hashes.Length];
        if (!Convert.TryFromBase64String(fingerprint.Hashes, bytes, out int length) || length == 0 || length % 32 != 0)
            return null;
        var words = new ulong[length / 8];
        Buffer.BlockCopy(bytes, 0, words, 0, length);
        int set = words.Sum(BitOperations.PopCount), bits = length * 8;
        return Math.Min(set, bits - set) < Empty * bits ? null : words;
    }

    /// <summary>Differing bits of two fingerprints of the same length, or -1 when they are too many for the same pictures.</summary>
    public static int Distance(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        int allowed = (int)(Threshold * 64 * a.Length), distance = 0;
        for (int i = 0; i < a.Length; i++)
        {
            distance += BitOperations.PopCount(a[i] ^ b[i]);
            if (distance > allowed)
                return -1;
        }

        int either = 0, notBoth = 0;
        for (int i = 0; i < a.Length; i++)
        {
            either += BitOperations.PopCount(a[i] | b[i]);
            notBoth += BitOperations.PopCount(~(a[i] & b[i]));
        }

        if (distance > SparseThreshold * Math.Min(either, notBoth))
            return -1;
        return distance <= StillThreshold * 64 * a.Length || distance <= MomentShare * BetweenMoments(a, b) ? distance : -1;
    }

    /// <summary>Hashes do not see colour. True where one of the colours is not known.</summary>
    public static bool SameColors(ulong[]? bits, ColorStatistics? a, ColorStatistics? b)
    {
        if (a is null || b is null || a.Mean.Length != b.Mean.Length)
            return true;
        double tolerance = bits is null || IsStill(bits) ? ColorToleranceOfPictures : ColorTolerance;
        return a.Mean.Zip(b.Mean, (x, y) => Math.Abs(x - y)).All(d => d <= tolerance);
    }

    /// <summary>What the distance would be if the frames of one were compared with other moments of the other; infinite for pictures, which have no moments.</summary>
    private static double BetweenMoments(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        int frames = a.Length / WordsOfFrame, sum = 0;
        if (IsStill(a) && IsStill(b))
            return double.PositiveInfinity;
        for (int i = 0; i < frames; i++)
        {
            for (int j = 0; j < frames; j++)
            {
                for (int w = 0; i != j && w < WordsOfFrame; w++)
                    sum += BitOperations.PopCount(a[i * WordsOfFrame + w] ^ b[j * WordsOfFrame + w]);
            }
        }

        return (double)sum / (frames - 1);
    }

    private static bool IsStill(ReadOnlySpan<ulong> bits)
    {
        for (int i = WordsOfFrame; i < bits.Length; i += WordsOfFrame)
        {
            if (!bits.Slice(i, WordsOfFrame).SequenceEqual(bits[..WordsOfFrame]))
                return false;
        }

        return true;
    }
}
