using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using LrcnLab.Core;

namespace LrcnLab.Storage.Backup;

/// <summary>Writes files of the data folder into a zip with a list of their hashes behind them.</summary>
internal static class BackupZip
{
    /// <summary>Of this program.</summary>
    public static string Version => Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3) ?? "";

    /// <summary>At most what the files take.</summary>
    public static long Bytes(IEnumerable<(string Path, string File)> files) => files.Sum(f => File.Exists(f.File) ? new FileInfo(f.File).Length : 0);

    /// <param name="to">Need not be seekable.</param>
    /// <param name="index">Name of the list in the zip.</param>
    /// <param name="manifest">Without files.</param>
    /// <param name="files">Path in the zip, and where the file lies. Artifacts among them that are gone are noted as missing; others come and go.</param>
    /// <param name="progress">Told of bytes.</param>
    /// <param name="cancellationToken">Ends it; what was written is no whole zip then.</param>
    /// <returns>The list.</returns>
    public static async Task<BackupManifest> WriteAsync(Stream to, string index, BackupManifest manifest, IReadOnlyList<(string Path, string File)> files, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var entries = new List<BackupEntry>();
        var missing = new List<string>();
        (long total, long done) = (Bytes(files), 0);
        await using ZipArchive zip = await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        foreach (var (path, file) in files)
        {
            progress?.Report(new BackupProgress("Copying files", done, total));
            if (await AddAsync(zip, path, file, bytes => progress?.Report(new BackupProgress("Copying files", done += bytes, total)), cancellationToken) is { } entry)
                entries.Add(entry);
            else if (path.StartsWith("artifacts/", StringComparison.Ordinal))
                missing.Add(path); // Files of a worker come and go; what counts of them is in the artifact store.
        }

        manifest = manifest with { Files = entries, Missing = missing };
        await using Stream list = await zip.CreateEntry(index).OpenAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(list, manifest, LabJson.Options, cancellationToken);
        return manifest;
    }

    /// <summary>Null when the file is gone.</summary>
    private static async Task<BackupEntry?> AddAsync(ZipArchive zip, string path, string file, Action<int> copied, CancellationToken cancellationToken)
    {
        FileStream from;
        try
        {
            from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        await using FileStream source = from;
        // Checkpoints and videos do not get smaller.
        bool text = path.EndsWith(".json", StringComparison.Ordinal) || path.EndsWith(".jsonl", StringComparison.Ordinal) || path == BackupManifest.DatabaseName;
        await using Stream to = await zip.CreateEntry(path, text ? CompressionLevel.Fastest : CompressionLevel.NoCompression).OpenAsync(cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 18];
        // A log grows while it is copied: what comes later belongs to a later moment.
        long bytes = 0, length = source.Length;
        while (bytes < length && await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - bytes)), cancellationToken) is > 0 and int read)
        {
            hash.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            bytes += read;
            copied(read);
        }

        return new BackupEntry(path, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
