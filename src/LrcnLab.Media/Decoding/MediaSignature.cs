using System.Text;

namespace LrcnLab.Media.Decoding;

internal enum MediaKind { Unknown, Empty, Picture, Animation, Avi, Video }

/// <summary>What a file is by its first bytes, whatever its name says.</summary>
internal readonly record struct MediaSignature(MediaKind Kind, string Name)
{
    public static MediaSignature Of(string path)
    {
        if (File.Exists(path) && MediaFile.Length(path) == 0)
            return Of([]);
        Span<byte> head = stackalloc byte[512];
        using FileStream stream = File.OpenRead(path);
        return Of(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }

    public static MediaSignature Of(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return new(MediaKind.Empty, "nothing");
        if (head.StartsWith("GIF8"u8))
            return new(MediaKind.Animation, "GIF");
        if (Riff(head, "WEBP"u8))
            return new(MediaKind.Animation, "WebP");
        if (Riff(head, "AVI "u8))
            return new(MediaKind.Avi, "AVI");
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return new(MediaKind.Picture, "JPEG");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']))
            return new(MediaKind.Picture, "PNG");
        if (head.StartsWith("BM"u8) && head.Length > 14 && head[6..10].IndexOfAnyExcept((byte)0) < 0)
            return new(MediaKind.Picture, "BMP");
        return Container(head) is { } name ? new(MediaKind.Video, name) : new(MediaKind.Unknown, Describe(head));
    }

    /// <summary>Formats that go to the outside decoder. A closed list: text such as a playlist never gets there.</summary>
    private static string? Container(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 12 && (Tag(head, 4, "ftyp"u8) || Tag(head, 4, "moov"u8) || Tag(head, 4, "mdat"u8) || Tag(head, 4, "wide"u8) || Tag(head, 4, "free"u8) || Tag(head, 4, "skip"u8)))
            return Tag(head, 8, "qt  "u8) ? "QuickTime" : "MP4";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return head.IndexOf("webm"u8) >= 0 ? "WebM" : "Matroska";
        if (head.StartsWith("FLV\x01"u8))
            return "Flash video";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]))
            return "Windows Media";
        if (head.StartsWith("OggS"u8))
            return "Ogg";
        if (head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0xBA]) || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0xB3]))
            return "MPEG";
        if (head.Length > 188 && head[0] == 0x47 && head[188] == 0x47 || head.Length > 196 && head[4] == 0x47 && head[196] == 0x47)
            return "MPEG transport stream";
        return null;
    }

    private static string Describe(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> start = head[..Math.Min(head.Length, 8)];
        bool text = head.IndexOfAnyExceptInRange((byte)9, (byte)126) < 0;
        return text ? $"text (\"{Encoding.ASCII.GetString(start).ReplaceLineEndings(" ")}…\")" : $"unknown data (first bytes {Convert.ToHexString(start)})";
    }

    private static bool Riff(ReadOnlySpan<byte> head, ReadOnlySpan<byte> form) => head.StartsWith("RIFF"u8) && Tag(head, 8, form);

    private static bool Tag(ReadOnlySpan<byte> head, int at, ReadOnlySpan<byte> tag) => head.Length >= at + 4 && head.Slice(at, 4).SequenceEqual(tag);
}
