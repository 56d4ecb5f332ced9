using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using LrcnLab.Core;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Backup;

/// <summary>Reads backups: what they hold, whether they are whole, and their files.</summary>
public static class BackupReader
{
    /// <summary>What the file says that it holds, or why it is no backup that this program can use, in words.</summary>
    public static Task<(BackupManifest? Manifest, string? Refusal)> ReadAsync(string file, CancellationToken cancellationToken) => ReadAsync(file, BackupManifest.FileName, "a backup", cancellationToken);

    /// <param name="file">The zip.</param>
    /// <param name="index">Name of the list in it.</param>
    /// <param name="kind">What it should be, in words.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task<(BackupManifest? Manifest, string? Refusal)> ReadAsync(string file, string index, string kind, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream stream = Open(file);
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            if (zip.GetEntry(index) is not { } list)
                return (null, $"{Path.GetFileName(file)} is not {kind} of LrcnLab: it has no {index}.");
            await using Stream text = await list.OpenAsync(cancellationToken);
            BackupManifest manifest = (await JsonSerializer.DeserializeAsync<BackupManifest>(text, LabJson.Options, cancellationToken))!;
            return manifest.Format == BackupManifest.CurrentFormat ? (manifest, null)
                : (null, $"{Path.GetFileName(file)} is {kind} in format {manifest.Format}, and this version reads format {BackupManifest.CurrentFormat}: use the version that wrote it.");
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return (null, $"{Path.GetFileName(file)} cannot be read as {kind}: {e.Message}");
        }
    }

    /// <summary>Reads every byte: hashes, the database's own check, and that each file which the database names is there.</summary>
    /// <returns>What is wrong, in words; empty when all is well.</returns>
    public static async Task<IReadOnlyList<string>> VerifyAsync(string file, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-verify-").FullName;
        try
        {
            var (manifest, refusal) = await ReadAsync(file, cancellationToken);
            return manifest is null ? [refusal!] : await ExtractAsync(file, manifest, folder, path => path == BackupManifest.DatabaseName, "Reading files", progress, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes the files into a folder and checks them on the way as <see cref="VerifyAsync"/> does.</summary>
    internal static Task<IReadOnlyList<string>> ExtractAsync(string file, BackupManifest manifest, string folder, IProgress<BackupProgress>? progress, CancellationToken cancellationToken) =>
        ExtractAsync(file, manifest, folder, _ => true, "Writing files", progress, cancellationToken);

    private static async Task<IReadOnlyList<string>> ExtractAsync(string file, BackupManifest manifest, string folder, Func<string, bool> wanted, string stage, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        long done = 0, total = manifest.Files.Sum(f => f.Bytes);
        await using (FileStream stream = Open(file))
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Read))
        {
            foreach (BackupEntry entry in manifest.Files)
            {
                progress?.Report(new BackupProgress(stage, done, total));
                if (await CopyAsync(zip, entry, folder, wanted(entry.Path), cancellationToken) is string problem)
                    problems.Add(problem);
                done += entry.Bytes;
            }
        }

        progress?.Report(new BackupProgress("Checking the database", total, total));
        string database = Path.Combine(folder, BackupManifest.DatabaseName);
        if (File.Exists(database))
            problems.AddRange(await CheckDatabaseAsync(database, manifest, cancellationToken));
        else if (problems.Count == 0)
            problems.Add("The backup has no database.");
        return problems;
    }

    private static async Task<string?> CopyAsync(ZipArchive zip, BackupEntry entry, string folder, bool keep, CancellationToken cancellationToken)
    {
        string target = Path.GetFullPath(entry.Path, folder);
        if (!target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return $"\"{entry.Path}\" lies outside of the backup.";
        if (zip.GetEntry(entry.Path) is not { } stored)
            return $"{entry.Path} is missing.";
        try
        {
            await using Stream from = await stored.OpenAsync(cancellationToken);
            if (keep)
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using Stream to = keep ? new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous) : Stream.Null;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] buffer = new byte[1 << 18];
            long bytes = 0;
            while (bytes <= entry.Bytes && await from.ReadAsync(buffer, cancellationToken) is > 0 and int read)
            {
                hash.AppendData(buffer, 0, read);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                bytes += read;
            }

            return bytes == entry.Bytes && Convert.ToHexStringLower(hash.GetHashAndReset()) == entry.Sha256 ? null : $"{entry.Path} is damaged: its content is not what was backed up.";
        }
        catch (InvalidDataException e)
        {
            return $"{entry.Path} is damaged: {e.Message}";
        }
    }

    private static async Task<IReadOnlyList<string>> CheckDatabaseAsync(string database, BackupManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            await using var db = new LabDbContext(new DbContextOptionsBuilder<LabDbContext>().UseSqlite($"Data Source={database};Pooling=False;Mode=ReadOnly").Options);
            if (await IntegrityAsync(db, cancellationToken) is string broken)
                return [$"The database in the backup is damaged: {broken}"];
            HashSet<string> files = [.. manifest.Files.Select(f => f.Path), .. manifest.Missing];
            List<string> named = await db.Database.SqlQuery<string>($"SELECT Sha256 AS Value FROM Checkpoints UNION SELECT Sha256 FROM PredictionFiles").ToListAsync(cancellationToken);
            // A name becomes a path below: a file that was made to reach elsewhere ends here.
            if (named.Find(sha => !LabPaths.IsSha256(sha)) is { } odd)
                return [$"The database names the artifact \"{odd}\", which is no SHA-256."];
            return [.. named.Where(sha => !files.Contains($"artifacts/{sha[..2]}/{sha}")).Select(sha => $"The database names the artifact {sha}, which is not in the backup.")];
        }
        catch (SqliteException e)
        {
            return [$"The database in the backup cannot be read: {e.Message}"];
        }
    }

    /// <summary>What SQLite finds wrong with its file; null when it is well.</summary>
    internal static async Task<string?> IntegrityAsync(LabDbContext db, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        await db.Database.OpenConnectionAsync(cancellationToken);
        command.CommandText = "PRAGMA quick_check(5)";
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            lines.Add(reader.GetString(0));
        return lines is ["ok"] ? null : string.Join(" ", lines);
    }

    private static FileStream Open(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
}
