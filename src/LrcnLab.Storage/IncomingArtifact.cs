namespace LrcnLab.Storage;

/// <summary>A file that lies in the store and is not yet in the database. Nobody removes it until it is disposed, after the write that records it.</summary>
public sealed class IncomingArtifact : IDisposable
{
    private readonly Action _release;

    internal IncomingArtifact(string sha256, long bytes, Action release) => (Sha256, Bytes, _release) = (sha256, bytes, release);

    /// <summary>Lower-case hex, of what the file really contains.</summary>
    public string Sha256 { get; }

    public long Bytes { get; }

    public void Dispose() => _release();
}
