using System.Numerics;

namespace LrcnLab.Media.Prepared;

/// <summary>What a change of a clip means for frames of optical flow (x, y, magnitude; 128 is no motion), beyond moving their pixels.</summary>
/// <param name="Mirror">In a mirror everything moves the other way sideways: x becomes 256 − x, at most 255.</param>
/// <param name="Reverse">Backwards in time everything moves back: x and y become 256 minus what they were.</param>
public readonly record struct FlowChange(bool Mirror, bool Reverse)
{
    /// <param name="frames">Planar <c>[T, 3, H, W]</c>, changed in place.</param>
    /// <param name="plane">H · W.</param>
    public void Apply(Span<byte> frames, int plane)
    {
        for (int at = 0; at < frames.Length; at += 3 * plane)
        {
            // Both together leave x as it was.
            if (Mirror != Reverse)
                Negate(frames.Slice(at, plane));
            if (Reverse)
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
