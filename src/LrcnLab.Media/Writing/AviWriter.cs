using System.Buffers.Binary;
using System.Text;

namespace LrcnLab.Media.Writing;

/// <summary>Motion-JPEG AVI (RIFF, AVI 1.0, with idx1): the simplest video file that every player knows.</summary>
public static class AviWriter
{
    private const int HasIndex = 0x10, KeyFrame = 0x10;

    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="framesPerSecond">Whole frames a second.</param>
    /// <param name="frames">One JPEG each, with or without Huffman tables; an empty one repeats the frame before.</param>
    public static byte[] Write(int width, int height, int framesPerSecond, IReadOnlyList<byte[]> frames)
    {
        int largest = frames.Max(f => f.Length);
        byte[] movi = List("movi", [.. frames.Select(f => Chunk("00dc", f))]);
        return Chunk("RIFF", Join(Ascii("AVI "),
            List("hdrl", Chunk("avih", MainHeader(width, height, framesPerSecond, frames.Count, largest)),
                List("strl", Chunk("strh", StreamHeader(width, height, framesPerSecond, frames.Count, largest)), Chunk("strf", BitmapHeader(width, height)))),
            movi, Chunk("idx1", Index(frames))));
    }

    private static byte[] MainHeader(int width, int height, int rate, int frames, int largest) =>
        Ints(1_000_000 / rate, largest * rate, 0, HasIndex, frames, 0, 1, largest, width, height, 0, 0, 0, 0);

    private static byte[] StreamHeader(int width, int height, int rate, int frames, int largest) => Join(
        Ascii("vidsMJPG"), Ints(0, 0, 0, 1, rate, 0, frames, largest, -1, 0),
        [0, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)]);

    private static byte[] BitmapHeader(int width, int height) =>
        Join(Ints(40, width, height, 1 | 24 << 16), Ascii("MJPG"), Ints(width * height * 3, 0, 0, 0, 0));

    /// <summary>Offsets count from the word <c>movi</c>.</summary>
    private static byte[] Index(IReadOnlyList<byte[]> frames)
    {
        var entries = new List<byte[]>();
        int offset = 4;
        foreach (byte[] frame in frames)
        {
            entries.Add(Join(Ascii("00dc"), Ints(KeyFrame, offset, frame.Length)));
            offset += 8 + frame.Length + (frame.Length & 1);
        }

        return Join([.. entries]);
    }

    private static byte[] List(string type, params byte[][] chunks) => Chunk("LIST", Join([Ascii(type), .. chunks]));

    private static byte[] Chunk(string id, byte[] body) => Join(Ascii(id), Ints(body.Length), body, (body.Length & 1) == 1 ? [0] : []);

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Ints(params int[] values)
    {
        byte[] bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];
}
