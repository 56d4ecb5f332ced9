using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>
/// The look of frames in 256 bits each: brightness shrunk to 17x16 by area, a bit for each two neighbours in a row that says whether it grows to the right ("difference hash").
/// Size, compression and brightness hardly change it; other pictures differ in about half of the bits.
/// </summary>
internal static class FrameHash
{
    public const int Bytes = Size * Size / 8;

    private const int Size = 16, Frames = 4;

    /// <summary>Four frames evenly spread, or the one of a picture.</summary>
    /// <param name="frames">In order, at least one; planar RGB.</param>
    /// <param name="format">Of all frames.</param>
    public static FrameFingerprint Of(IReadOnlyList<byte[]> frames, FrameFormat format)
    {
        int count = frames.Count == 1 ? 1 : Frames;
        byte[] hashes = new byte[count * Bytes];
        for (int i = 0; i < count; i++)
            Hash(frames[(int)((i + 0.5) * frames.Count / count)], format, hashes.AsSpan(i * Bytes, Bytes));
        return new FrameFingerprint(Convert.ToBase64String(hashes));
    }

    /// <summary>Bits row by row, the first in the highest place of the first byte.</summary>
    private static void Hash(byte[] frame, FrameFormat format, Span<byte> hash)
    {
        Span<float> small = stackalloc float[(Size + 1) * Size];
        Shrink(frame, format, small);
        for (int bit = 0; bit < Size * Size; bit++)
        {
            int at = bit / Size * (Size + 1) + bit % Size;
            if (small[at] < small[at + 1])
                hash[bit >> 3] |= (byte)(0x80 >> (bit & 7));
        }
    }

    /// <summary>Each output pixel is the mean of what it covers, parts of pixels by their share.</summary>
    private static void Shrink(byte[] frame, FrameFormat format, Span<float> small)
    {
        int plane = format.Width * format.Height;
        float[] rows = new float[(Size + 1) * format.Height];
        for (int y = 0; y < format.Height; y++)
        {
            for (int x = 0; x <= Size; x++)
            {
                float sum = 0;
                foreach (var (at, share) in Covered(x, Size + 1, format.Width))
                {
                    int i = y * format.Width + at;
                    sum += share * (0.299f * frame[i] + 0.587f * frame[plane + i] + 0.114f * frame[2 * plane + i]);
                }

                rows[y * (Size + 1) + x] = sum;
            }
        }

        for (int y = 0; y < Size; y++)
        {
            foreach (var (at, share) in Covered(y, Size, format.Height))
            {
                for (int x = 0; x <= Size; x++)
                    small[y * (Size + 1) + x] += share * rows[at * (Size + 1) + x];
            }
        }
    }

    /// <summary>The inputs below output <paramref name="index"/> of <paramref name="outputs"/>, with shares that sum to 1.</summary>
    private static IEnumerable<(int At, float Share)> Covered(int index, int outputs, int inputs)
    {
        double scale = (double)inputs / outputs, from = index * scale, to = from + scale;
        for (int at = (int)from; at < inputs && at < to - 1e-9; at++)
            yield return (at, (float)((Math.Min(at + 1, to) - Math.Max(at, from)) / scale));
    }
}
