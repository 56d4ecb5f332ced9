using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Prepared;

/// <summary>
/// What lies in a folder of prepared frames: <c>index.json</c>, written when all shards are whole. Its last line is the checksum of what stands above it.
/// Samples that are cuts of one file share its frames.
/// </summary>
internal sealed record PreparedIndex
{
    public const int CurrentVersion = 2;
    public const string FileName = "index.json";

    private const string ChecksumMark = "\n// sha256 ";

    public required int Version { get; init; }
    public required PreparedKey Key { get; init; }
    public required IReadOnlyList<PreparedShard> Shards { get; init; }

    /// <summary>In the order of the manifest: shard, first frame in it, number of frames.</summary>
    public required IReadOnlyList<int[]> Samples { get; init; }

    public void Write(string folder)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(this, LabJson.Options);
        WholeFile.Write(Path.Combine(folder, FileName), [.. json, .. Encoding.ASCII.GetBytes($"{ChecksumMark}{Convert.ToHexStringLower(SHA256.HashData(json))}\n")]);
    }

    /// <summary>Reads the index and compares its checksum, and that every sample lies within its shard.</summary>
    /// <exception cref="InvalidDataException">Incomplete or damaged; the message says what.</exception>
    public static PreparedIndex Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new InvalidDataException($"{folder} holds no whole set of prepared frames.");
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path), mark = Encoding.ASCII.GetBytes(ChecksumMark);
        int end = bytes.LastIndexOf(mark);
        if (end < 0 || Encoding.ASCII.GetString(bytes[(end + mark.Length)..]).Trim() != Convert.ToHexStringLower(SHA256.HashData(bytes[..end])))
            throw new InvalidDataException($"{path} is damaged: its checksum differs.");
        using (JsonDocument head = JsonDocument.Parse(bytes[..end].ToArray()))
        {
            int version = head.RootElement.GetProperty("version").GetInt32();
            if (version != CurrentVersion)
                throw new InvalidDataException($"{path} has format version {version}; this program reads {CurrentVersion}.");
        }

        return JsonSerializer.Deserialize<PreparedIndex>(bytes[..end], LabJson.Options)!;
    }
}
