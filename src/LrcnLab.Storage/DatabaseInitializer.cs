using LrcnLab.Storage.Backup;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LrcnLab.Storage;

/// <summary>
/// Makes folders and brings the database to this version's form. SQLite is in WAL mode (readers never block the writer, and it never blocks them), and
/// <c>synchronous</c> stays at FULL, its default: a commit is on disk before it is acknowledged, so neither a killed process nor a power cut loses it;
/// the metric store commits many points at once, which keeps that cheap.
/// </summary>
public sealed class DatabaseInitializer(IDbContextFactory<LabDbContext> contexts, LabPaths paths, DiskReserve reserve)
{
    /// <summary>Null when the database is ready, else the sentence that says why it cannot be used. Call it while holding <see cref="DataFolderLock"/>.</summary>
    public async Task<string?> InitializeAsync(CancellationToken cancellationToken)
    {
        paths.CreateFolders();
        RemoveLeftovers();
        reserve.Restore();
        // The database's own files come and go with its first and last connection.
        if (reserve.Shortage is not null)
            reserve.Release();
        try
        {
            return await MigrateAsync(cancellationToken);
        }
        catch (SqliteException) when (reserve.Shortage is not null)
        {
            return reserve.Shortage;
        }
    }

    /// <summary>What a program that was killed had begun to export or import.</summary>
    private void RemoveLeftovers()
    {
        var data = new DirectoryInfo(paths.DataDirectory);
        foreach (FileInfo file in data.EnumerateFiles("export-*.db*").Concat(data.EnumerateFiles("incoming-*")))
            file.Delete();
        foreach (DirectoryInfo folder in data.EnumerateDirectories("importing-*"))
            folder.Delete(recursive: true);
    }

    /// <summary>Above this a start would take longer with every point; larger ones are checked while the program runs, see <see cref="Integrity.IntegrityService"/>.</summary>
    internal const long MostBytesToCheck = 64L << 20;

    private async Task<string?> MigrateAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        if (db.Database.IsSqlite() && new FileInfo(paths.DatabaseFile) is { Exists: true, Length: > 0 and < MostBytesToCheck } && await DamageAsync(db, cancellationToken) is string damage)
            return damage;
        // Kept in the file. EF sets it only for a database that it creates itself, not for one that was opened before.
        if (db.Database.IsSqlite())
            await db.Database.ExecuteSqlAsync($"PRAGMA journal_mode = WAL", cancellationToken);
        // Asked first, because a query for what is not there would be logged as a failure.
        bool known = await db.GetService<IHistoryRepository>().ExistsAsync(cancellationToken);
        string[] applied = known ? [.. await db.Database.GetAppliedMigrationsAsync(cancellationToken)] : [];
        string[] mine = [.. db.Database.GetMigrations()];
        if (applied.Except(mine).LastOrDefault() is string unknown)
            return $"The database was written by a newer version of LrcnLab (it has the change \"{unknown}\"): use that version, or another data folder.";

        if (mine.Except(applied).Any())
        {
            await RemoveStaleMigrationLockAsync(db, cancellationToken);
            if (applied.Length > 0 && db.Database.IsSqlite() && await KeepCopyAsync(db, applied[^1], cancellationToken) is string refusal)
                return refusal;
            await db.Database.MigrateAsync(cancellationToken);
        }

        return null;
    }

    /// <summary>Writing to a damaged database would make it worse.</summary>
    private async Task<string?> DamageAsync(LabDbContext db, CancellationToken cancellationToken)
    {
        string? found;
        try
        {
            found = await BackupReader.IntegrityAsync(db, cancellationToken);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            found = e.Message;
        }

        return found is null ? null
            : $"The database {paths.DatabaseFile} is damaged ({found}). Nothing was changed. Restore a backup with the command \"restore FILE\" (there are {(Directory.Exists(paths.BackupRoot) ? Directory.EnumerateFiles(paths.BackupRoot, "*.zip").Count() : 0)} in {paths.BackupRoot}), or use another data folder.";
    }

    /// <summary>The database as the version before had it, in case somebody wants to go back to that.</summary>
    private async Task<string?> KeepCopyAsync(LabDbContext db, string state, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(paths.BackupRoot);
        string copy = Path.Combine(paths.BackupRoot, $"database-at-{state}.db"), unfinished = $"{copy}.tmp";
        // Of an attempt that was cut short.
        File.Delete(unfinished);
        try
        {
            await db.Database.ExecuteSqlAsync($"VACUUM INTO {unfinished}", cancellationToken);
        }
        catch (SqliteException e)
        {
            File.Delete(unfinished);
            return $"The database must be changed for this version, and could not be copied to {copy} before: {e.Message} Nothing was changed.";
        }

        File.Move(unfinished, copy, overwrite: true);
        return null;
    }

    /// <summary>A program killed while it migrated SQLite leaves a row behind for which the next one would wait for ever.</summary>
    private static async Task RemoveStaleMigrationLockAsync(LabDbContext db, CancellationToken cancellationToken)
    {
        if (!db.Database.IsSqlite())
            return;
        int tables = await db.Database.SqlQuery<int>($"SELECT COUNT(*) AS Value FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancellationToken);
        if (tables > 0)
            await db.Database.ExecuteSqlAsync($"DELETE FROM __EFMigrationsLock", cancellationToken);
    }
}
