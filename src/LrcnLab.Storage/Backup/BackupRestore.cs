using System.Text.Json;
using LrcnLab.Core;

namespace LrcnLab.Storage.Backup;

/// <summary>
/// Puts a backup in the place of what is in the data folder. The backup is unpacked and checked beside it first; then what was there is moved into a folder
/// <c>before-restore-…</c>, never deleted. A journal stands in the data folder meanwhile, by which a restoration that was cut short is finished.
/// Only while no program runs on the data folder: call while holding <see cref="DataFolderLock"/>.
/// </summary>
public sealed class BackupRestore(LabPaths paths, TimeProvider clock)
{
    /// <summary>Everything that a backup may hold, and what belongs to a database that goes away.</summary>
    private static readonly string[] Names = [BackupManifest.DatabaseName, $"{BackupManifest.DatabaseName}-wal", $"{BackupManifest.DatabaseName}-shm", "artifacts", "runs", "datasets", "uploads"];

    /// <returns>Where lies what was there before, or why nothing was changed, in words.</returns>
    public async Task<(string? Before, string? Refusal)> RestoreAsync(string file, IReadOnlyCollection<string> knownMigrations, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var (manifest, refusal) = await BackupReader.ReadAsync(file, cancellationToken);
        if (manifest is null)
            return (null, refusal);
        if (manifest.Migrations.Except(knownMigrations).LastOrDefault() is string unknown)
            return (null, $"The backup was written by a newer version of LrcnLab (it has the change \"{unknown}\"): use that version.");
        long bytes = manifest.Files.Sum(f => f.Bytes), free = new DriveInfo(paths.DataDirectory).AvailableFreeSpace;
        if (free < bytes + (64 << 20))
            return (null, $"The backup needs {bytes >> 20:N0} MiB, and {free >> 20:N0} MiB are free on the disk of {paths.DataDirectory}.");

        string stamp = $"{clock.GetUtcNow():yyyy-MM-dd-HHmmss}", incoming = Path.Combine(paths.DataDirectory, $"restoring-{stamp}"), before = Path.Combine(paths.DataDirectory, $"before-restore-{stamp}");
        Directory.CreateDirectory(incoming);
        try
        {
            IReadOnlyList<string> problems = await BackupReader.ExtractAsync(file, manifest, incoming, progress, cancellationToken);
            if (problems.Count > 0)
                return (null, $"The backup is damaged, and nothing was restored: {string.Join(" ", problems.Take(5))}{(problems.Count > 5 ? $" And {problems.Count - 5} more." : "")}");
            Write(paths.RestoreJournal, new RestoreJournal(incoming, before, [.. Directory.EnumerateFileSystemEntries(incoming).Select(e => Path.GetFileName(e))]));
            Finish(paths);
            return (before, null);
        }
        finally
        {
            if (!File.Exists(paths.RestoreJournal) && Directory.Exists(incoming))
                Directory.Delete(incoming, recursive: true);
        }
    }

    /// <summary>Finishes a restoration that was cut short; harmless without one.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool Finish(LabPaths paths)
    {
        if (!File.Exists(paths.RestoreJournal))
            return false;
        RestoreJournal journal = JsonSerializer.Deserialize<RestoreJournal>(File.ReadAllText(paths.RestoreJournal), LabJson.Options)!;
        Directory.CreateDirectory(journal.Before);
        foreach (string name in Names)
        {
            string here = Path.Combine(paths.DataDirectory, name), fresh = Path.Combine(journal.Incoming, name), old = Path.Combine(journal.Before, name);
            bool arrives = journal.Names.Contains(name);
            if (arrives && !Path.Exists(fresh))
                continue; // It is in place already.
            if (Path.Exists(here) && !Path.Exists(old))
                Move(here, old);
            if (arrives)
                Move(fresh, here);
        }

        if (Directory.Exists(journal.Incoming))
            Directory.Delete(journal.Incoming, recursive: true);
        File.Delete(paths.RestoreJournal);
        return true;
    }

    /// <summary>Has the next start of the program restore a backup.</summary>
    public static void Request(LabPaths paths, string file) => Write(paths.RestoreRequest, file);

    /// <summary>The backup that the next start is to restore; null for none.</summary>
    public static string? Requested(LabPaths paths) => File.Exists(paths.RestoreRequest) ? JsonSerializer.Deserialize<string>(File.ReadAllText(paths.RestoreRequest), LabJson.Options) : null;

    public static void Withdraw(LabPaths paths) => File.Delete(paths.RestoreRequest);

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else
            File.Move(from, to);
    }

    private static void Write<T>(string file, T value)
    {
        string unfinished = $"{file}.tmp";
        using (var stream = new FileStream(unfinished, FileMode.Create))
        {
            JsonSerializer.Serialize(stream, value, LabJson.Options);
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
    }

    /// <param name="Incoming">Folder with what is to come.</param>
    /// <param name="Before">Folder for what was there.</param>
    /// <param name="Names">Of what comes.</param>
    private sealed record RestoreJournal(string Incoming, string Before, IReadOnlyList<string> Names);
}
