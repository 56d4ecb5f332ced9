using System.Numerics;

namespace LrcnLab.Media.Prepared;

/// <summary>What a change of a clip means for frames of optical flow (x, y, magnitude; 128 is no motion), beyond moving their pixels.</summary>
public static class FlowChange
{
    /// <summary>In a mirror what goes right goes left, and backwards in time everything goes the other way: a value v becomes 256 − v, at most 255.</summary>
    /// <param name="frames">Planar <c>[T, 3, H, W]</c>, changed in place.</param>
    /// <param name="plane">H · W.</param>
    /// <param name="mirrored">Left and right were exchanged.</param>
    /// <param name="reversed">The last frame came first.</param>
    public static void Turn(Span<byte> frames, int plane, bool mirrored, bool reversed)
    {
        if (!mirrored && !reversed)
            return;
        for (int at = 0; at < frames.Length; at += 3 * plane)
        {
            if (mirrored != reversed)
                Negate(frames.Slice(at, plane));
            if (reversed)
                Negate(frames.Slice(at + plane, plane));
        }
    }

    private static void Negate(Span<byte> values)
    {
        int i = 0;
        for (; i <= values.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var value = new Vector<byte>(values[i..]);
            // In bytes 0 − v is 256 − v, but for 0 itself, where the comparison gives 255.
            (-value | Vector.Equals(value, Vector<byte>.Zero)).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
            values[i] = (byte)Math.Min(256 - values[i], byte.MaxValue);
    }
}
