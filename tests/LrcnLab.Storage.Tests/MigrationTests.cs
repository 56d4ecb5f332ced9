using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LrcnLab.Storage.Tests;

public sealed class MigrationTests
{
    public static TheoryData<DatabaseProvider> Providers => DatabaseTests.Providers;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A command outside of the transaction would leave half a migration when the program is killed.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Migrations_RunWhollyInATransaction(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await using LabDbContext db = await database.OpenAsync();
        var generator = db.GetService<IMigrationsSqlGenerator>();
        var assembly = db.GetService<IMigrationsAssembly>();

        foreach (var (id, type) in assembly.Migrations)
        {
            Migration migration = assembly.CreateMigration(type, db.Database.ProviderName!);
            IModel model = db.GetService<IModelRuntimeInitializer>().Initialize(migration.TargetModel, designTime: true);
            Assert.DoesNotContain(generator.Generate(migration.UpOperations, model), c => c.TransactionSuppressed);
            Assert.NotEmpty(id);
        }
    }

    [Fact]
    public async Task Rows_FromTheFirstVersion_AreReadableAfterTheLast()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid dataset = Guid.CreateVersion7(), version = Guid.CreateVersion7();
        DateTime now = DateTime.UtcNow;
        await using (LabDbContext db = await database.OpenAsync())
        {
            await db.GetService<IMigrator>().MigrateAsync(db.Database.GetMigrations().First(), Cancel);
            await db.Database.ExecuteSqlAsync($"INSERT INTO Datasets (Id, Name, CreatedAt) VALUES ({dataset}, 'clips', {now})", Cancel);
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO DatasetVersions (Id, DatasetId, Number, Hash, Root, Layout, Classes, TrainCount, ValidationCount, TestCount, ProblemCount, Licence, CreatedAt) VALUES ({version}, {dataset}, 1, 'ab', '/clips', 'csv', '[\"a\",\"b\"]', 1, 0, 0, 0, '', {now})", Cancel);
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO Samples (VersionId, \"Index\", Path, Label, Split, Frames, FrameRate, Width, Height, Sha256, Captions) VALUES ({version}, 7, 'a.avi', 1, 'Train', 3, 25, 4, 2, 'cd', '[]')", Cancel);
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO Imports (Id, Name, Path, State, Stage, Done, Total, Message, CreatedAt) VALUES ({Guid.CreateVersion7()}, 'clips', '/clips', 'Completed', '', 1, 1, '', {now})", Cancel);
        }

        Guid run = Guid.CreateVersion7();
        await using (LabDbContext db = await database.OpenAsync())
        {
            await db.GetService<IMigrator>().MigrateAsync(db.Database.GetMigrations().Single(m => m.EndsWith("_Queue", StringComparison.Ordinal)), Cancel);
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO Runs (Id, Name, State, SpecJson, DatasetVersionId, Classes, CreatedAt, Attempt, AutomaticResumes, Priority, QueueOrder, Yields, LastSequence, Step, Steps, StepsPerEpoch, Epoch, Epochs, RowVersion) VALUES ({run}, 'run', 'Running', '', {version}, '[]', {now}, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)", Cancel);
            await db.Database.ExecuteSqlAsync($"INSERT INTO Leases (RunId, Node, Slot, Owner, Token, TakenAt, ExpiresAt) VALUES ({run}, 'machine', 3, 'owner', {run}, {now}, {now})", Cancel);
        }

        Assert.Null(await database.Initializer.InitializeAsync(Cancel));

        await using LabDbContext read = await database.OpenAsync();
        DatasetVersion stored = await read.DatasetVersions.SingleAsync(Cancel);
        Assert.Equal((DatasetTask.ActivityRecognition, null, ""), (stored.Task, stored.ParentId, stored.Card));
        Assert.Empty(stored.Changes);
        SampleRow sample = await read.Samples.SingleAsync(Cancel);
        Assert.Equal((7, "", SampleFlags.None, null), (sample.PreviewIndex, sample.Group, sample.Flags, sample.PreviewVersionId));
        Assert.Equal(new ImportOptions(), (await read.Imports.SingleAsync(Cancel)).Options);
        Run moved = await read.Runs.Include(r => r.Project).SingleAsync(Cancel);
        Assert.Equal((Project.DefaultId, "Default", DeviceKind.Auto, 1), (moved.ProjectId, moved.Project.Name, moved.DeviceAsked, moved.SlotsAsked));
        LeaseSlot slot = (await read.Leases.Include(l => l.Slots).SingleAsync(Cancel)).Slots.Single();
        Assert.Equal(("machine", 3, run), (slot.Node, slot.Slot, slot.RunId));
    }
}
