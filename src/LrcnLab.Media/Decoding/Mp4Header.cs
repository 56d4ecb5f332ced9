using System.Buffers.Binary;

namespace LrcnLab.Media.Decoding;

/// <summary>
/// What the head of an MP4 or QuickTime file (ISO/IEC 14496-12) says of its video, for the ordinary case: one video track, constant frame rate,
/// no fragments and no editing. Saves starting a program for each of a thousand files; anything else is left to that program.
/// </summary>
internal sealed record Mp4Header(int Width, int Height, double FrameRate, int Frames)
{
    private const long MaxMovieBytes = 64 << 20;

    /// <summary>Null when the file is not the ordinary case, or damaged.</summary>
    public static Mp4Header? Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> head = stackalloc byte[16];
        while (stream.ReadAtLeast(head, 16, throwOnEndOfStream: false) == 16)
        {
            long size = BinaryPrimitives.ReadUInt32BigEndian(head), body = 8;
            if (size == 1)
                (size, body) = (BinaryPrimitives.ReadInt64BigEndian(head[8..]), 16);
            long start = stream.Position - 16;
            if (size < body || start + size > stream.Length)
                return null;
            if (head[4..8].SequenceEqual("moov"u8))
                return size <= MaxMovieBytes ? ReadMovie(stream, start + body, (int)(size - body)) : null;
            stream.Position = start + size;
        }

        return null;
    }

    private static Mp4Header? ReadMovie(FileStream stream, long at, int bytes)
    {
        byte[] movie = new byte[bytes];
        stream.Position = at;
        stream.ReadExactly(movie);
        try
        {
            byte[][] tracks = [.. Boxes(movie, "trak").Where(t => Box(Box(t, "mdia"), "hdlr").AsSpan(8, 4).SequenceEqual("vide"u8))];
            return tracks.Length == 1 && !Boxes(movie, "mvex").Any() ? ReadTrack(tracks[0]) : null;
        }
        catch (ArgumentException)
        {
            return null; // A box is shorter than its content must be.
        }
    }

    private static Mp4Header? ReadTrack(byte[] track)
    {
        byte[] media = Box(track, "mdia"), table = Box(Box(media, "minf"), "stbl"), header = Box(track, "tkhd"), mediaHeader = Box(media, "mdhd");
        byte[] times = Box(table, "stts"), entry = Box(table, "stsd");
        uint timescale = U32(mediaHeader, mediaHeader[0] == 1 ? 20 : 12), count = U32(times, 8), duration = U32(times, 12);
        bool constantRate = U32(times, 4) == 1 && count is > 0 and <= MediaLimits.MaxFrames && duration > 0 && timescale > 0;
        if (!constantRate || U32(entry, 4) != 1 || IsEdited(track) || Turns(header) is not { } sideways)
            return null;
        int width = entry[40] << 8 | entry[41], height = entry[42] << 8 | entry[43];
        return new Mp4Header(sideways ? height : width, sideways ? width : height, (double)timescale / duration, (int)count);
    }

    /// <summary>One edit that starts within the film is how encoders write the delay of reordered frames; anything else moves or repeats frames.</summary>
    private static bool IsEdited(byte[] track) =>
        Boxes(track, "edts").SelectMany(e => Boxes(e, "elst")).Any(list => list[0] != 0 || U32(list, 4) != 1 || (int)U32(list, 12) < 0);

    /// <summary>True for a quarter turn, false for none or a half, null for other matrices.</summary>
    private static bool? Turns(byte[] header)
    {
        int matrix = header[0] == 1 ? 52 : 40;
        int a = (int)U32(header, matrix), b = (int)U32(header, matrix + 4), c = (int)U32(header, matrix + 12), d = (int)U32(header, matrix + 16);
        if (b == 0 && c == 0 && a != 0 && d != 0)
            return false;
        return a == 0 && d == 0 && b != 0 && c != 0 ? true : null;
    }

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at, 4));

    private static byte[] Box(byte[] parent, string type) => Boxes(parent, type).FirstOrDefault() ?? [];

    private static IEnumerable<byte[]> Boxes(byte[] parent, string type)
    {
        for (int at = 0; at + 8 <= parent.Length;)
        {
            long size = U32(parent, at);
            if (size < 8 || at + size > parent.Length)
                yield break;
            if (parent.AsSpan(at + 4, 4).SequenceEqual(System.Text.Encoding.ASCII.GetBytes(type)))
                yield return parent[(at + 8)..(int)(at + size)];
            at += (int)size;
        }
    }
}
