using LrcnLab.Core.Datasets;
using LrcnLab.Core.Runs;
using LrcnLab.Storage.Entities;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LrcnLab.Storage.Tests;

public sealed class DatabaseTests
{
    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.Postgresql];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Migrations_OnAnEmptyDatabase_MakeTheModel(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await using LabDbContext db = await database.OpenAsync();

        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Cancel));
        Assert.Null(await database.Initializer.InitializeAsync(Cancel));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Rows_ReadBack_AreWhatWasWritten(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Guid id = await database.AddRunAsync();
        var now = new DateTime(2026, 5, 6, 7, 8, 9, 123, DateTimeKind.Utc);
        await database.Writer.WriteAsync(
            async db =>
            {
                Run run = await db.Runs.Include(r => r.DatasetVersion).SingleAsync(r => r.Id == id, Cancel);
                db.RunStateChanges.Add(run.Move(RunState.Queued, "Launched.", now).Change!);
                db.Samples.Add(new SampleRow
                {
                    VersionId = run.DatasetVersionId,
                    Index = 0,
                    Path = "ä/1.avi",
                    Label = 0,
                    Split = Split.Validation,
                    Start = 0.5,
                    Frames = 3,
                    FrameRate = 12.5,
                    Width = 4,
                    Height = 2,
                    Sha256 = new string('a', 64),
                    Captions = ["one", "two, \"three\""],
                });
                db.ConfusionMatrices.Add(new ConfusionMatrix { RunId = id, Split = "validation", Epoch = 1, Counts = [[1, 2], [3, 4]] });
            },
            Cancel);

        await using LabDbContext read = await database.OpenAsync();
        Run stored = await read.Runs.SingleAsync(Cancel);
        Assert.Equal((RunState.Queued, now, DateTimeKind.Utc, 1u), (stored.State, stored.QueuedAt, stored.QueuedAt!.Value.Kind, stored.RowVersion));
        SampleRow sample = await read.Samples.SingleAsync(s => s.Split == Split.Validation, Cancel);
        Assert.Equal(("ä/1.avi", 0.5, null), (sample.Path, sample.Start, sample.End));
        Assert.Equal(["one", "two, \"three\""], sample.Captions);
        Assert.Equal([[1, 2], [3, 4]], (await read.ConfusionMatrices.SingleAsync(Cancel)).Counts);
    }

    [Fact]
    public async Task Initialize_OfANewerDatabase_RefusesAndLeavesItAlone()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        await using (LabDbContext db = await database.OpenAsync())
            await db.Database.ExecuteSqlAsync($"INSERT INTO __EFMigrationsHistory VALUES ('29990101000000_Wonders', '99.0.0')", Cancel);

        Assert.Contains("29990101000000_Wonders", await database.Initializer.InitializeAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Initialize_AfterAKilledMigration_DoesNotWaitForEver()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        await using (LabDbContext db = await database.OpenAsync())
        {
            string initial = db.Database.GetMigrations().First();
            await db.GetService<IMigrator>().MigrateAsync("0", Cancel);
            await db.Database.ExecuteSqlAsync($"CREATE TABLE IF NOT EXISTS __EFMigrationsLock (Id INTEGER PRIMARY KEY, Timestamp TEXT)", Cancel);
            await db.Database.ExecuteSqlAsync($"INSERT INTO __EFMigrationsLock VALUES (1, '2026-01-01')", Cancel);
            Assert.Contains(initial, await db.Database.GetPendingMigrationsAsync(Cancel));
        }

        Assert.Null(await database.Initializer.InitializeAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(60), Cancel));
    }

    [Fact]
    public async Task Sqlite_IsInWalModeAndFullySynchronous()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        await using LabDbContext db = await database.OpenAsync();

        Assert.Equal("wal", await db.Database.SqlQuery<string>($"SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync(Cancel));
        Assert.Equal(2, await db.Database.SqlQuery<int>($"SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync(Cancel));
    }

    [Fact]
    public async Task Writes_ByManyAtOnce_AreNeverRefused()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid id = await database.AddRunAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => database.Writer.WriteAsync(
            async db => (await db.Runs.SingleAsync(r => r.Id == id, Cancel)).Attempt++, Cancel))));

        await using LabDbContext read = await database.OpenAsync();
        Assert.Equal(200, (await read.Runs.SingleAsync(Cancel)).Attempt);
    }

    [Fact]
    public async Task Write_WhileAnotherProgramChangesTheRow_RunsAgain()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid id = await database.AddRunAsync();
        int tries = 0;
        await database.Writer.WriteAsync(
            async db =>
            {
                Run run = await db.Runs.SingleAsync(r => r.Id == id, Cancel);
                run.Attempt++;
                if (++tries == 1)
                    await db.Runs.ExecuteUpdateAsync(r => r.SetProperty(x => x.RowVersion, 7u), Cancel);
            },
            Cancel);

        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task Slot_LeasedTwice_IsRefusedByTheDatabase()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid first = await database.AddRunAsync(), second = await database.AddRunAsync();
        await AddAsync(first);

        await Assert.ThrowsAsync<DbUpdateException>(() => AddAsync(second));
        await Assert.ThrowsAsync<DbUpdateException>(() => AddAsync(first, slot: 1));

        Task AddAsync(Guid run, int slot = 0) => database.Writer.WriteAsync(
            db =>
            {
                db.Leases.Add(new Lease { RunId = run, Node = "n", Slots = [new LeaseSlot { Node = "n", Slot = slot, RunId = run }], Owner = "o", Token = Guid.CreateVersion7(), TakenAt = DateTime.UtcNow, ExpiresAt = DateTime.UtcNow });
                return Task.CompletedTask;
            },
            Cancel);
    }
}
