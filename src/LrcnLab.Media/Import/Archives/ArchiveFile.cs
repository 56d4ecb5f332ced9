namespace LrcnLab.Media.Import.Archives;

internal enum ArchiveKind { Zip, Tar, TarGz }

/// <summary>Recognises archives by what they contain.</summary>
internal static class ArchiveFile
{
    private const int TarBlock = 512;

    /// <summary>Null for folders and everything that is no archive. A compressed file is taken for a compressed tar, which unpacking finds out.</summary>
    public static ArchiveKind? Recognise(string path)
    {
        if (Decoding.MediaFile.Length(path) == 0)
            return null;
        Span<byte> head = stackalloc byte[TarBlock];
        using FileStream stream = File.OpenRead(path);
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8))
            return ArchiveKind.Zip;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]))
            return ArchiveKind.TarGz;
        return head.Length == TarBlock && IsTarHeader(head) ? ArchiveKind.Tar : null;
    }

    /// <summary>The sum of the header's bytes, its own field counted as blanks, stands in it in octal (POSIX ustar).</summary>
    private static bool IsTarHeader(ReadOnlySpan<byte> header)
    {
        const int Field = 148, FieldLength = 8;
        int sum = FieldLength * ' ', written = 0;
        for (int i = 0; i < header.Length; i++)
            sum += i is >= Field and < Field + FieldLength ? 0 : header[i];
        foreach (byte digit in header.Slice(Field, FieldLength))
            written = digit is >= (byte)'0' and <= (byte)'7' ? written * 8 + digit - '0' : written;
        return header[0] != 0 && sum == written;
    }
}
