using System.IO.Compression;
using System.Text;
using LrcnLab.Core.Metrics;
using LrcnLab.Storage.Backup;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LrcnLab.Storage.Tests;

public sealed class BackupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backup_MadeWhilePointsArrive_HasAllThatWasAcknowledgedBefore_AndIsRestoredElsewhere()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid run = await database.AddRunAsync();
        (string sha256, byte[] content) = await AddCheckpointAsync(database, run);
        Write(Path.Combine(database.Paths.RunFolder(run), "log.jsonl"), "hello\n");
        Write(Path.Combine(database.Paths.DatasetRoot, "v1", "manifest.json"), "{}");
        Write(Path.Combine(database.Paths.PreparedRoot, "frames.bin"), "may be made again");
        using var stop = new CancellationTokenSource();
        long acknowledged = -1;
        Task writing = Task.Run(async () =>
        {
            for (long step = 0; !stop.IsCancellationRequested; step++)
            {
                await database.Metrics.WriteAsync(run, [new MetricSample("train/loss", new MetricPoint(step, 0, DateTime.UtcNow, step))], Cancel);
                Interlocked.Exchange(ref acknowledged, step);
            }
        }, Cancel);
        while (Interlocked.Read(ref acknowledged) < 50)
            await Task.Delay(10, Cancel);

        long before = Interlocked.Read(ref acknowledged);
        var (file, manifest, refusal) = await Writer(database).WriteAsync(null, Cancel);
        await stop.CancelAsync();
        await writing;

        Assert.Null(refusal);
        Assert.Empty(manifest!.Missing);
        Assert.Equal([BackupManifest.DatabaseName, $"artifacts/{sha256[..2]}/{sha256}", $"runs/{run}/log.jsonl", "datasets/v1/manifest.json"], manifest.Files.Select(f => f.Path));
        Assert.Empty(await BackupReader.VerifyAsync(file!, null, Cancel));
        Assert.Equal([Path.GetFileName(file!)], Directory.EnumerateFiles(database.Paths.BackupRoot).Select(f => Path.GetFileName(f)));

        await using TestDatabase other = await TestDatabase.CreateAsync();
        Guid lost = await other.AddRunAsync();
        await CloseAsync(other);
        var (old, problem) = await Restore(other).RestoreAsync(file!, await MigrationsAsync(other), null, Cancel);
        Assert.Null(problem);
        other.Reopen();

        await using LabDbContext db = await other.OpenAsync();
        Assert.Equal([run], await db.Runs.Select(r => r.Id).ToListAsync(Cancel));
        Assert.Equal(content, await File.ReadAllBytesAsync(other.Paths.ArtifactFile(sha256), Cancel));
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Combine(other.Paths.RunFolder(run), "log.jsonl"), Cancel));
        long[] steps = (await other.Metrics.ReadAsync(run, "train/loss", int.MaxValue, null, null, Cancel))!.Steps;
        Assert.Equal(Enumerable.Range(0, steps.Length).Select(s => (long)s), steps);
        Assert.True(steps.Length > before, $"{steps.Length} of {before}");
        await using var was = new SqliteConnection($"Data Source={Path.Combine(old!, BackupManifest.DatabaseName)};Pooling=False");
        await was.OpenAsync(Cancel);
        await using SqliteCommand count = was.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM Runs WHERE Id = $id COLLATE NOCASE";
        count.Parameters.AddWithValue("$id", lost.ToString());
        Assert.Equal(1L, await count.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task DamagedBackup_IsNamedFileByFile_AndRestoresNothing()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid run = await database.AddRunAsync();
        (string sha256, byte[] content) = await AddCheckpointAsync(database, run);
        string file = (await Writer(database).WriteAsync(null, Cancel)).File!;
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancel);
        int at = bytes.AsSpan().IndexOf(content);
        bytes[at + 3] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancel);

        string problem = Assert.Single(await BackupReader.VerifyAsync(file, null, Cancel));
        Assert.StartsWith($"artifacts/{sha256[..2]}/{sha256} is damaged", problem, StringComparison.Ordinal);
        await CloseAsync(database);
        var (before, refusal) = await Restore(database).RestoreAsync(file, await MigrationsAsync(database), null, Cancel);
        Assert.Null(before);
        Assert.StartsWith("The backup is damaged, and nothing was restored: artifacts/", refusal, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(database.Folder, "restoring-*").Concat(Directory.EnumerateDirectories(database.Folder, "before-*")));
        database.Reopen();
        await using LabDbContext db = await database.OpenAsync();
        Assert.Equal(1, await db.Runs.CountAsync(Cancel));
    }

    [Fact]
    public async Task FileThatIsGone_IsSaidInTheBackup_AndTheRestIsThere()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        (string sha256, _) = await AddCheckpointAsync(database, await database.AddRunAsync());
        File.Delete(database.Paths.ArtifactFile(sha256));

        var (file, manifest, _) = await Writer(database).WriteAsync(null, Cancel);

        Assert.Equal([$"artifacts/{sha256[..2]}/{sha256}"], manifest!.Missing);
        Assert.Empty(await BackupReader.VerifyAsync(file!, null, Cancel));
    }

    [Fact]
    public async Task RowOfAFileOnItsWayOut_IsNotMissed()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        (string sha256, _) = await AddCheckpointAsync(database, await database.AddRunAsync());
        await using (LabDbContext db = await database.OpenAsync())
            await db.Checkpoints.ExecuteDeleteAsync(Cancel);
        File.Delete(database.Paths.ArtifactFile(sha256)); // As in the middle of its removal.

        var (file, manifest, _) = await Writer(database).WriteAsync(null, Cancel);

        Assert.Empty(manifest!.Missing);
        Assert.Empty(await BackupReader.VerifyAsync(file!, null, Cancel));
    }

    [Theory]
    [InlineData("""{ "format": 2, "version": "9", "createdAt": "2026-01-01T00:00:00Z", "migrations": [], "files": [], "missing": [] }""", "format 2")]
    [InlineData("""{ "format": 1, "version": "9", "createdAt": "2026-01-01T00:00:00Z", "migrations": ["99990101000000_Later"], "files": [], "missing": [] }""", "newer version")]
    [InlineData("""{ "format": 1, "version": "9", "createdAt": "2026-01-01T00:00:00Z", "migrations": [], "files": [{ "path": "../../evil", "bytes": 1, "sha256": "00" }], "missing": [] }""", "outside of the backup")]
    [InlineData("""{ "format": 1, "version": "9", "createdAt": "2026-01-01T00:00:00Z", "migrations": [], "files": [], "missing": [] }""", "has no database")]
    [InlineData("{", "cannot be read")]
    [InlineData(null, "not a backup of LrcnLab")]
    public async Task WhatIsNoBackupForThisVersion_IsRefusedInWords(string? manifest, string expected)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        string file = Path.Combine(database.Folder, "given.zip");
        await using (ZipArchive zip = await ZipFile.OpenAsync(file, ZipArchiveMode.Create, Cancel))
        {
            if (manifest is not null)
            {
                await using Stream index = await zip.CreateEntry(BackupManifest.FileName).OpenAsync(Cancel);
                await index.WriteAsync(Encoding.UTF8.GetBytes(manifest), Cancel);
            }
        }

        var (_, refusal) = await Restore(database).RestoreAsync(file, await MigrationsAsync(database), null, Cancel);

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
        Assert.True(File.Exists(database.Paths.DatabaseFile));
    }

    [Fact]
    public async Task NoZip_IsRefused()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Assert.Contains("cannot be read as a backup", (await Restore(database).RestoreAsync(database.Paths.DatabaseFile, [], null, Cancel)).Refusal, StringComparison.Ordinal);
        Assert.Contains("cannot be read as a backup", Assert.Single(await BackupReader.VerifyAsync("/no/such/file.zip", null, Cancel)), StringComparison.Ordinal);
    }

    /// <summary>The program may die between any two moves of a restoration.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Restoration_CutShortAfterAnyMove_IsFinished(int moves)
    {
        string data = Directory.CreateTempSubdirectory("lrcnlab-").FullName;
        try
        {
            var paths = new LabPaths(data);
            string incoming = Path.Combine(data, "restoring-1"), before = Path.Combine(data, "before-restore-1");
            Write(Path.Combine(data, "lrcnlab.db"), "old");
            Write(Path.Combine(data, "lrcnlab.db-wal"), "old");
            Write(Path.Combine(data, "artifacts", "aa", "old"), "old");
            Write(Path.Combine(incoming, "lrcnlab.db"), "new");
            Write(Path.Combine(incoming, "artifacts", "bb", "new"), "new");
            Write(Path.Combine(incoming, "runs", "r", "log.jsonl"), "new");
            Write(paths.RestoreJournal, $$"""{ "incoming": "{{incoming}}", "before": "{{before}}", "names": ["lrcnlab.db", "artifacts", "runs"] }""");
            Directory.CreateDirectory(before);
            (string From, string To)[] order =
            [
                (Path.Combine(data, "lrcnlab.db"), Path.Combine(before, "lrcnlab.db")), (Path.Combine(incoming, "lrcnlab.db"), Path.Combine(data, "lrcnlab.db")), (Path.Combine(data, "lrcnlab.db-wal"), Path.Combine(before, "lrcnlab.db-wal")),
                (Path.Combine(data, "artifacts"), Path.Combine(before, "artifacts")), (Path.Combine(incoming, "artifacts"), Path.Combine(data, "artifacts")), (Path.Combine(incoming, "runs"), Path.Combine(data, "runs")),
            ];
            foreach (var (from, to) in order.Take(moves))
                Directory.Move(from, to);

            Assert.True(BackupRestore.Finish(paths));
            Assert.False(BackupRestore.Finish(paths));

            string[] left = [.. Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Select(f => $"{Path.GetRelativePath(data, f)}={File.ReadAllText(f)}").Order(StringComparer.Ordinal)];
            Assert.Equal(
                ["artifacts/bb/new=new", "before-restore-1/artifacts/aa/old=old", "before-restore-1/lrcnlab.db-wal=old", "before-restore-1/lrcnlab.db=old", "lrcnlab.db=new", "runs/r/log.jsonl=new"], left);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task OlderDatabase_IsCopiedBeforeItIsChanged()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        string earlier;
        await using (LabDbContext db = await database.OpenAsync())
        {
            earlier = db.Database.GetMigrations().Reverse().Skip(1).First();
            await db.GetService<IMigrator>().MigrateAsync(earlier, Cancel);
        }

        Assert.Null(await database.Initializer.InitializeAsync(Cancel));

        string copy = Path.Combine(database.Paths.BackupRoot, $"database-at-{earlier}.db");
        await using var kept = new LabDbContext(new DbContextOptionsBuilder<LabDbContext>().UseSqlite($"Data Source={copy};Pooling=False").Options);
        Assert.Equal(earlier, (await kept.Database.GetAppliedMigrationsAsync(Cancel)).Last());
        Assert.Null(await database.Initializer.InitializeAsync(Cancel));
        Assert.Single(Directory.EnumerateFiles(database.Paths.BackupRoot));
    }

    private static BackupWriter Writer(TestDatabase database) => new(new Contexts(database), database.Options, database.Paths, TimeProvider.System);

    private static BackupRestore Restore(TestDatabase database) => new(database.Paths, TimeProvider.System);

    private static async Task<string[]> MigrationsAsync(TestDatabase database)
    {
        await using LabDbContext db = await database.OpenAsync();
        return [.. db.Database.GetMigrations()];
    }

    private static async Task CloseAsync(TestDatabase database)
    {
        await database.Metrics.DisposeAsync();
        SqliteConnection.ClearAllPools();
    }

    private static async Task<(string Sha256, byte[] Content)> AddCheckpointAsync(TestDatabase database, Guid run)
    {
        byte[] content = new byte[5000];
        new Random(1).NextBytes(content);
        return (await database.AddCheckpointAsync(run, "last", content), content);
    }

    private static void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private sealed class Contexts(TestDatabase database) : IDbContextFactory<LabDbContext>
    {
        public LabDbContext CreateDbContext() => database.OpenAsync().GetAwaiter().GetResult();

        public Task<LabDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) => database.OpenAsync();
    }
}
