using System.Security.Cryptography;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Prepared;

/// <summary>
/// What lies in a folder of prepared frames: <c>index.json</c>, written last, with its checksum beside it in <c>index.json.sha256</c>.
/// Samples that are cuts of one file share its frames.
/// </summary>
internal sealed record PreparedIndex
{
    public const int CurrentVersion = 1;
    public const string FileName = "index.json";
    public const string ChecksumFileName = "index.json.sha256";

    public required int Version { get; init; }
    public required string ManifestHash { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required ColorMode Color { get; init; }
    public required IReadOnlyList<PreparedShard> Shards { get; init; }

    /// <summary>In the order of the manifest: shard, first frame in it, number of frames.</summary>
    public required IReadOnlyList<int[]> Samples { get; init; }

    public void Write(string folder)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(this, LabJson.Options);
        WriteFlushed(Path.Combine(folder, FileName), json);
        WriteFlushed(Path.Combine(folder, ChecksumFileName), System.Text.Encoding.ASCII.GetBytes($"{Convert.ToHexStringLower(SHA256.HashData(json))}  {FileName}\n"));
    }

    /// <summary>Reads the index and compares its checksum and the sizes of all files.</summary>
    /// <exception cref="InvalidDataException">Incomplete or damaged; the message says what.</exception>
    public static PreparedIndex Read(string folder)
    {
        string path = Path.Combine(folder, FileName), checksumPath = Path.Combine(folder, ChecksumFileName);
        if (!File.Exists(path) || !File.Exists(checksumPath))
            throw new InvalidDataException($"{folder} holds no complete prepared frames: {FileName} or its checksum is missing.");
        byte[] json = File.ReadAllBytes(path);
        if (!File.ReadAllText(checksumPath).StartsWith(Convert.ToHexStringLower(SHA256.HashData(json)), StringComparison.Ordinal))
            throw new InvalidDataException($"{path} is damaged: its checksum differs.");
        PreparedIndex index = JsonSerializer.Deserialize<PreparedIndex>(json, LabJson.Options)!;
        if (index.Version != CurrentVersion)
            throw new InvalidDataException($"{path} has format version {index.Version}; this program reads {CurrentVersion}.");
        foreach (PreparedShard shard in index.Shards)
            shard.CheckSize(folder);
        return index;
    }

    private static void WriteFlushed(string path, byte[] bytes)
    {
        using FileStream stream = File.Create(path);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }
}

/// <param name="File">Name in the folder.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Modified">UTC ticks of the last write: while it and the size are the same, nobody touched the file.</param>
internal sealed record PreparedShard(string File, long Bytes, string Sha256, long Modified)
{
    public void CheckSize(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, File));
        if (!file.Exists)
            throw new InvalidDataException($"{file.FullName} is missing.");
        if (file.Length != Bytes)
            throw new InvalidDataException($"{file.FullName} has {file.Length:N0} bytes instead of {Bytes:N0}.");
    }

    /// <summary>Reads the file again only if it was touched since it was written.</summary>
    public void CheckContent(string folder, CancellationToken ct)
    {
        string path = Path.Combine(folder, File);
        if (System.IO.File.GetLastWriteTimeUtc(path).Ticks != Modified && Decoding.MediaFile.Sha256(path, ct) != Sha256)
            throw new InvalidDataException($"{path} is damaged: its checksum differs.");
    }
}
