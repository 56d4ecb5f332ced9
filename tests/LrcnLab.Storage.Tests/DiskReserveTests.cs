using LrcnLab.Core;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Tests;

public sealed class DiskReserveTests
{
    private static readonly SqliteException Full = new("database or disk is full", 13);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_OnAFullDisk_GivesTheReserveUpAndSucceeds()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Assert.True(File.Exists(database.Paths.ReserveFile));
        Assert.Null(database.Reserve.Shortage);
        int tries = 0;

        int result = await database.Writer.WriteAsync(_ => ++tries == 1 ? throw new DbUpdateException("wrapped", Full) : Task.FromResult(tries), Cancel);

        Assert.Equal(2, result);
        Assert.False(File.Exists(database.Paths.ReserveFile));
        Assert.Contains(database.Folder, database.Reserve.Shortage, StringComparison.Ordinal);
        Assert.Throws<StorageFullException>(database.Reserve.RequireRoom);
        database.Reserve.Restore();
        database.Reserve.RequireRoom();
    }

    [Fact]
    public async Task Write_WithoutReserveOnAFullDisk_SaysSoAndChangesNothing()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        File.Delete(database.Paths.ReserveFile);
        Guid before = await database.AddRunAsync();

        await Assert.ThrowsAsync<StorageFullException>(() => database.Writer.WriteAsync(
            async db =>
            {
                await db.Runs.ExecuteDeleteAsync(Cancel);
                throw Full;
            },
            Cancel));

        await using LabDbContext db = await database.OpenAsync();
        Assert.Equal(before, (await db.Runs.SingleAsync(Cancel)).Id);
    }

    [Fact]
    public void IsDiskFull_OfTheSystemsOwnError_IsTrue()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

        IOException thrown = Assert.ThrowsAny<IOException>(() => full.Write([1]));

        Assert.True(thrown.IsDiskFull());
        Assert.False(new FileNotFoundException().IsDiskFull());
    }
}
