namespace LrcnLab.Core.Datasets;

/// <summary>
/// Finds fingerprints that nearly agree without comparing each with each: two that differ in at most 5 % of their bits agree exactly in at least a fifth of their pieces of
/// 16 bits (1,024 bits have 64 pieces, and 51 differing bits spoil at most 51), so only those are compared that share a piece.
/// </summary>
internal static class NearDuplicates
{
    /// <summary>Up to so many fingerprints that share a piece are compared each with each.</summary>
    private const int MaxBucket = 128;

    /// <summary>In larger buckets, such as those of a background that all videos share, each is compared with so many that follow when sorted by what stands behind the piece.</summary>
    private const int Window = 48;

    /// <param name="fingerprints">All of the same length.</param>
    /// <param name="found">Gets two indices, the smaller first, and the differing bits; may get the same pair several times, and ends the search by returning false.</param>
    public static void Find(IReadOnlyList<ulong[]> fingerprints, Func<int, int, int, bool> found)
    {
        if (fingerprints.Count < 2)
            return;
        int words = fingerprints[0].Length;
        var members = new int[fingerprints.Count];
        for (int piece = 0; piece < words * 4; piece++)
        {
            int[] ends = Bucket(fingerprints, piece, members);
            int begin = 0;
            foreach (int end in ends)
            {
                if (!Compare(fingerprints, members.AsSpan(begin, end - begin), piece / 4, found))
                    return;
                begin = end;
            }
        }
    }

    /// <summary>Sorts indices by the piece, and returns where the bucket of each of its values ends.</summary>
    private static int[] Bucket(IReadOnlyList<ulong[]> fingerprints, int piece, int[] members)
    {
        int word = piece / 4, shift = piece % 4 * 16;
        var ends = new int[ushort.MaxValue + 1];
        foreach (ulong[] fingerprint in fingerprints)
            ends[(ushort)(fingerprint[word] >> shift)]++;
        for (int value = 1; value < ends.Length; value++)
            ends[value] += ends[value - 1];
        var next = (int[])ends.Clone();
        // Backwards, so that indices rise within a bucket.
        for (int i = fingerprints.Count - 1; i >= 0; i--)
            members[--next[(ushort)(fingerprints[i][word] >> shift)]] = i;
        return ends;
    }

    private static bool Compare(IReadOnlyList<ulong[]> fingerprints, Span<int> bucket, int word, Func<int, int, int, bool> found)
    {
        bool large = bucket.Length > MaxBucket;
        if (large)
            bucket.Sort((a, b) => Rotated(fingerprints[a], fingerprints[b], word));
        for (int i = 0; i < bucket.Length; i++)
        {
            int last = large ? Math.Min(bucket.Length, i + 1 + Window) : bucket.Length;
            for (int j = i + 1; j < last; j++)
            {
                int distance = FingerprintBits.Distance(fingerprints[bucket[i]], fingerprints[bucket[j]]);
                if (distance >= 0 && !found(Math.Min(bucket[i], bucket[j]), Math.Max(bucket[i], bucket[j]), distance))
                    return false;
            }
        }

        return true;
    }

    private static int Rotated(ulong[] a, ulong[] b, int word)
    {
        for (int i = 0; i < a.Length; i++)
        {
            int at = (word + i) % a.Length, order = a[at].CompareTo(b[at]);
            if (order != 0)
                return order;
        }

        return 0;
    }
}
