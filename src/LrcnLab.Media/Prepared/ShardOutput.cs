using System.Security.Cryptography;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>A shard that is being written, under a temporary name. Its checksum is computed on the way.</summary>
public sealed class ShardOutput : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ProgressCounter _counter;
    private bool _rewound;

    internal ShardOutput(string path, ProgressCounter counter)
    {
        (_path, _counter) = (path, counter);
        _stream = new FileStream(Temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 18);
    }

    /// <summary>Bytes written so far.</summary>
    public long Position => _stream.Position;

    /// <summary>Time that computing the content took, where it is computed and not decoded.</summary>
    public double Seconds { get; set; }

    private string Temporary => _path + ".tmp";

    /// <param name="frame">Planar <c>[C, H, W]</c>.</param>
    public void Write(ReadOnlySpan<byte> frame)
    {
        _stream.Write(frame);
        _hash.AppendData(frame);
    }

    /// <summary>Takes back everything behind an earlier <see cref="Position"/>.</summary>
    public void Rewind(long position)
    {
        if (position == _stream.Position)
            return;
        _stream.SetLength(position);
        _stream.Position = position;
        _rewound = true;
    }

    /// <summary>Counts frames as done.</summary>
    public void Report(long frames) => _counter.Add(frames);

    /// <summary>Flushes to disk and gives the file its name: from now on it is there and whole, whenever the process is killed.</summary>
    internal PreparedShard Finish(string content, long expectedBytes, CancellationToken ct)
    {
        _stream.Flush(flushToDisk: true);
        if (_stream.Length != expectedBytes)
            throw new InvalidOperationException($"{_path} was written with {_stream.Length:N0} bytes instead of {expectedBytes:N0}.");
        _stream.Dispose();
        string sha256 = _rewound ? MediaFile.Sha256(Temporary, ct) : Convert.ToHexStringLower(_hash.GetHashAndReset());
        File.Move(Temporary, _path, overwrite: true);
        return new PreparedShard(Path.GetFileName(_path), content, expectedBytes, sha256, File.GetLastWriteTimeUtc(_path).Ticks) { Seconds = Seconds };
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
        File.Delete(Temporary);
    }
}
