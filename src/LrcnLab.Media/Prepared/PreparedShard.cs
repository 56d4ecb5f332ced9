using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>A whole shard. Stands in the index, and beside the shard in <c>frames-0000.json</c> from the moment it is whole, so that interrupted work goes on from there.</summary>
/// <param name="File">Name in the folder.</param>
/// <param name="Content">See <see cref="PlannedShard.Content"/>.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Modified">UTC ticks of the last write: while it and the size are the same, nobody touched the file.</param>
internal sealed record PreparedShard(string File, string Content, long Bytes, string Sha256, long Modified)
{
    /// <summary>See <see cref="ShardOutput.Seconds"/>.</summary>
    public double Seconds { get; init; }

    public static string FileName(int shard) => $"frames-{shard:D4}.bin";

    public static string RecordName(int shard) => $"frames-{shard:D4}.json";

    /// <returns>Null when there is no readable record of this shard.</returns>
    public static PreparedShard? Read(string folder, int shard)
    {
        try
        {
            string path = Path.Combine(folder, RecordName(shard));
            PreparedShard? read = System.IO.File.Exists(path) ? JsonSerializer.Deserialize<PreparedShard>(System.IO.File.ReadAllBytes(path), LabJson.Options) : null;
            return read?.File == FileName(shard) && read is { Content: not null, Sha256: not null } ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void WriteRecord(string folder, int shard) => WholeFile.Write(Path.Combine(folder, RecordName(shard)), JsonSerializer.SerializeToUtf8Bytes(this, LabJson.Options));

    /// <exception cref="InvalidDataException">Missing or of another size.</exception>
    public void CheckSize(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, File));
        if (!file.Exists)
            throw new InvalidDataException($"{file.FullName} is missing.");
        if (file.Length != Bytes)
            throw new InvalidDataException($"{file.FullName} has {file.Length:N0} bytes instead of {Bytes:N0}.");
    }

    /// <param name="folder">Where it lies.</param>
    /// <param name="thorough">Reads the file even if nobody touched it since it was written.</param>
    /// <param name="ct">Ends the reading.</param>
    public bool IsWhole(string folder, bool thorough, CancellationToken ct)
    {
        var file = new FileInfo(Path.Combine(folder, File));
        return file.Exists && file.Length == Bytes
            && ((!thorough && file.LastWriteTimeUtc.Ticks == Modified) || MediaFile.Sha256(file.FullName, ct) == Sha256);
    }
}
