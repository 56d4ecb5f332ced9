using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LrcnLab.Media.Decoding;

/// <summary>
/// The structure of an AVI file (RIFF, Microsoft's AVI 1.0 and OpenDML): where the video stream's chunks lie.
/// Walks the chunks themselves, so it needs no index, passes over JUNK and sound, and follows AVIX continuations.
/// </summary>
internal sealed class AviFile
{
    private readonly SafeFileHandle _file;
    private readonly long _length;
    private readonly List<(long Offset, int Bytes)> _frames = [];
    private int _streams, _videoStream = -1;

    private AviFile(string path, SafeFileHandle file)
    {
        (Path, _file, _length) = (path, file, RandomAccess.GetLength(file));
    }

    public string Path { get; }
    public int Width { get; private set; }
    public int Height { get; private set; }
    public double FrameRate { get; private set; }

    /// <summary>Four characters, such as <c>MJPG</c>.</summary>
    public string Codec { get; private set; } = "";

    public bool IsMotionJpeg => Codec.ToUpperInvariant() is "MJPG" or "JPEG" or "AVRN";

    /// <summary>Position and size of each frame's data; size 0 repeats the frame before.</summary>
    public IReadOnlyList<(long Offset, int Bytes)> Frames => _frames;

    public static AviFile Read(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path);
        var avi = new AviFile(path, handle);
        avi.Walk(0, avi._length, depth: 0);
        if (avi._videoStream < 0)
            throw new MediaException($"{path} is an AVI file without a video stream.");
        MediaLimits.CheckSize(path, avi.Width, avi.Height);
        if (avi.IsMotionJpeg && avi._frames.All(f => f.Bytes == 0))
            throw new MediaException($"{path} is an AVI file without frames.");
        return avi;
    }

    private void Walk(long at, long end, int depth)
    {
        Span<byte> head = stackalloc byte[12];
        while (at + 8 <= end)
        {
            int read = RandomAccess.Read(_file, head, at);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            bool list = read == 12 && (head.StartsWith("RIFF"u8) || head.StartsWith("LIST"u8));
            long body = at + 8, next = body + size;
            // A recorder that crashed leaves its lists' sizes at 0 or -1: their chunks still tell where they end.
            bool open = list && size is 0 or uint.MaxValue;
            if (open)
                next = end;
            if (next > _length)
                throw new MediaException($"{Path} is cut off: a part of it should reach to byte {next:N0}, the file ends at {_length:N0}.");

            if (list && depth < 5)
                Walk(body + 4, next, depth + 1);
            else if (!list)
                Chunk(head, body, size);
            at = next + (open ? 0 : size & 1);
        }
    }

    private void Chunk(ReadOnlySpan<byte> id, long body, uint size)
    {
        if (id.StartsWith("strh"u8))
            StreamHeader(Bytes(body, size, 48));
        else if (id.StartsWith("strf"u8) && _videoStream == _streams - 1)
            StreamFormat(Bytes(body, size, 40));
        else if (IsFrame(id))
            AddFrame(body, size);
    }

    private bool IsFrame(ReadOnlySpan<byte> id) =>
        _videoStream >= 0 && id[2] == 'd' && id[3] is (byte)'c' or (byte)'b'
        && id[0] == '0' + _videoStream / 10 && id[1] == '0' + _videoStream % 10;

    private void AddFrame(long body, uint size)
    {
        if (size > MediaLimits.MaxPictureBytes)
            throw new MediaException($"{Path} has a frame of {size:N0} bytes; at most {MediaLimits.MaxPictureBytes:N0} are read.");
        _frames.Add((body, (int)size));
        MediaLimits.CheckFrames(Path, _frames.Count);
    }

    private void StreamHeader(ReadOnlySpan<byte> header)
    {
        int stream = _streams++;
        if (_videoStream >= 0 || !header.StartsWith("vids"u8))
            return;
        _videoStream = stream;
        uint scale = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]), rate = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        FrameRate = scale == 0 ? 0 : (double)rate / scale;
        if (FrameRate is <= 0 or > 1000)
            throw new MediaException($"{Path} says that it has {rate}/{scale} frames a second; above 0 and up to 1000 are read.");
    }

    private void StreamFormat(ReadOnlySpan<byte> format)
    {
        Width = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        // Negative for rows from top to bottom.
        Height = Math.Abs(Math.Max(BinaryPrimitives.ReadInt32LittleEndian(format[8..]), -int.MaxValue));
        ReadOnlySpan<byte> codec = format.Slice(16, 4);
        Codec = codec.ContainsAnyExceptInRange((byte)33, (byte)126) ? "uncompressed" : Encoding.ASCII.GetString(codec);
    }

    private byte[] Bytes(long at, uint size, int needed)
    {
        byte[] bytes = new byte[needed];
        if (size < needed || RandomAccess.Read(_file, bytes, at) < needed)
            throw new MediaException($"{Path} has a damaged AVI header: {needed} bytes expected, {size} found.");
        return bytes;
    }
}
