using System.Buffers.Binary;

namespace LrcnLab.Web.Features.Runs;

/// <summary>
/// The bytes of the first entry of a zip that stores without compression, as a seekable stream: a checkpoint archive begins with its weights,
/// so their download is a range of the archive and nothing is kept twice.
/// </summary>
public sealed class StoredEntryStream : Stream
{
    private const int HeaderBytes = 30;
    private readonly Stream _archive;
    private readonly long _start;

    private StoredEntryStream(Stream archive, long start, long length)
    {
        _archive = archive;
        _start = start;
        Length = length;
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length { get; }
    public override long Position { get; set; }

    /// <param name="archive">Seekable; owned and disposed by the result.</param>
    /// <param name="length">Bytes of the entry, as the checkpoint's row knows them.</param>
    /// <exception cref="InvalidDataException">The archive does not begin with a stored entry.</exception>
    public static StoredEntryStream First(Stream archive, long length)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        archive.ReadExactly(header);
        const uint localFile = 0x04034b50;
        const ushort stored = 0;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != localFile || BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) != stored)
            throw new InvalidDataException("The archive does not begin with an uncompressed entry.");
        long start = HeaderBytes + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        return start + length <= archive.Length ? new StoredEntryStream(archive, start, length) : throw new InvalidDataException("The archive is shorter than its first entry.");
    }

    public override int Read(Span<byte> buffer)
    {
        _archive.Position = _start + Position;
        int read = _archive.Read(buffer[..(int)Math.Min(buffer.Length, Math.Max(0, Length - Position))]);
        Position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _archive.Position = _start + Position;
        int read = await _archive.ReadAsync(buffer[..(int)Math.Min(buffer.Length, Math.Max(0, Length - Position))], cancellationToken);
        Position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => Length + offset };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _archive.Dispose();
        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await base.DisposeAsync();
    }
}
