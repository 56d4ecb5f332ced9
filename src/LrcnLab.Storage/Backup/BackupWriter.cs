using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Backup;

/// <summary>
/// Writes everything that cannot be made again into one zip file, while the program goes on: the database as it was at one moment, and then the files that
/// it names, which nobody removes meanwhile. Prepared frames and pictures of clips are left out.
/// </summary>
public sealed class BackupWriter(IDbContextFactory<LabDbContext> contexts, LabOptions options, LabPaths paths, TimeProvider clock)
{
    /// <summary>Writes a backup into <see cref="LabPaths.BackupRoot"/>.</summary>
    /// <returns>Its file and what it holds, or why there is none, in words.</returns>
    public async Task<(string? File, BackupManifest? Manifest, string? Refusal)> WriteAsync(IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        if (options.Database.Provider != DatabaseProvider.Sqlite)
            return (null, null, $"The database is PostgreSQL, which has its own tools: back it up with pg_dump, then copy the folders {paths.ArtifactRoot}, {paths.RunRoot}, {paths.DatasetRoot} and {paths.UploadRoot}.");
        Directory.CreateDirectory(paths.BackupRoot);
        string file = Path.Combine(paths.BackupRoot, NextName()), unfinished = $"{file}.tmp", database = $"{file}.db";
        // From before the database is copied, so that every file which it names stays.
        using ArtifactHold hold = await ArtifactHold.AcquireAsync(paths, cancellationToken);
        try
        {
            var (manifest, refusal) = await WriteAsync(unfinished, database, progress, cancellationToken);
            if (refusal is not null)
                return (null, null, refusal);
            File.Move(unfinished, file);
            return (file, manifest, null);
        }
        finally
        {
            File.Delete(unfinished);
            File.Delete(database);
        }
    }

    private string NextName()
    {
        string stamp = $"lrcnlab-{clock.GetUtcNow():yyyy-MM-dd-HHmmss}", name = $"{stamp}.zip";
        for (int n = 2; File.Exists(Path.Combine(paths.BackupRoot, name)); n++)
            name = $"{stamp}-{n}.zip";
        return name;
    }

    private async Task<(BackupManifest? Manifest, string? Refusal)> WriteAsync(string target, string database, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        progress?.Report(new BackupProgress("Copying the database", 0, 0));
        DateTime now = clock.GetUtcNow().UtcDateTime;
        string[] migrations = await CopyDatabaseAsync(database, cancellationToken);
        List<(string Path, string File)> files = [(BackupManifest.DatabaseName, database), .. await FilesAsync(database, cancellationToken)];
        long total = BackupZip.Bytes(files);
        long free = new DriveInfo(paths.BackupRoot).AvailableFreeSpace;
        if (free < total + (64 << 20))
            return (null, $"A backup needs up to {total >> 20:N0} MiB, and {free >> 20:N0} MiB are free in {paths.BackupRoot}: make room, or set Lab:BackupDirectory to another disk.");

        var manifest = new BackupManifest(BackupManifest.CurrentFormat, BackupZip.Version, now, migrations, [], []);
        await using var stream = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
        manifest = await BackupZip.WriteAsync(stream, BackupManifest.FileName, manifest, files, progress, cancellationToken);
        stream.Flush(flushToDisk: true);
        return (manifest, null);
    }

    /// <summary>As it is at this moment; writers do not wait for it.</summary>
    private async Task<string[]> CopyDatabaseAsync(string target, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(TimeSpan.FromHours(6));
        await db.Database.ExecuteSqlAsync($"VACUUM INTO {target}", cancellationToken);
        return [.. await db.Database.GetAppliedMigrationsAsync(cancellationToken)];
    }

    private async Task<List<(string Path, string File)>> FilesAsync(string database, CancellationToken cancellationToken)
    {
        var files = new List<(string, string)>();
        await using var db = new LabDbContext(new DbContextOptionsBuilder<LabDbContext>().UseSqlite($"Data Source={database};Pooling=False").Options);
        foreach (string sha256 in await ArtifactStore.Referenced(db).Select(a => a.Sha256).OrderBy(s => s).ToListAsync(cancellationToken))
            files.Add((Relative(paths.ArtifactFile(sha256)), paths.ArtifactFile(sha256)));
        foreach (Guid run in await db.Runs.Select(r => r.Id).ToListAsync(cancellationToken))
            Add(paths.RunFolder(run));
        Add(paths.DatasetRoot);
        Add(paths.UploadRoot);
        return files;

        void Add(string folder)
        {
            if (Directory.Exists(folder))
                files.AddRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => (Relative(f), f)));
        }
    }

    private string Relative(string file) => Path.GetRelativePath(paths.DataDirectory, file).Replace(Path.DirectorySeparatorChar, '/');
}
