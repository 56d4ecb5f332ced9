using Microsoft.Data.Sqlite;

namespace LrcnLab.Storage.Tests;

/// <summary>What a start finds wrong is said, and never made worse.</summary>
public sealed class StartupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 5L << 30, true, 0)]
    [InlineData("nfs4", 5L << 30, true, 1)]
    [InlineData("nfs4", 5L << 30, false, 0)]
    [InlineData("cifs", 5L << 20, true, 2)]
    public void Warn_AboutNetworkAndLittleDisk(string? network, long free, bool sqlite, int count)
    {
        IReadOnlyList<string> warnings = StartupCheck.Warn("/data", network, free, sqlite);

        Assert.Equal(count, warnings.Count);
        Assert.All(warnings, w => Assert.Contains("/data", w, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatAKilledProgramLeft_IsRemoved_AndNothingElse()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        string[] left = [Path.Combine(database.Folder, "export-1.db"), Path.Combine(database.Folder, "export-1.db-wal"), Path.Combine(database.Folder, "incoming-1.zip"), Path.Combine(database.Folder, "importing-1", "runs", "a")];
        string[] kept = [Path.Combine(database.Folder, "notes.txt"), Path.Combine(database.Folder, "before-restore-1", "lrcnlab.db")];
        foreach (string file in (string[])[.. left, .. kept])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "text", Cancel);
        }

        Assert.Null(await database.Initializer.InitializeAsync(Cancel));

        Assert.DoesNotContain(left, File.Exists);
        Assert.All(kept, f => Assert.True(File.Exists(f), f));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096 * 3 + 10)]
    public async Task DamagedDatabase_IsRefusedAndLeftAsItIs(int at)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        for (int i = 0; i < 20; i++)
            await database.AddRunAsync();
        await database.Metrics.DisposeAsync();
        SqliteConnection.ClearAllPools();
        byte[] bytes = await File.ReadAllBytesAsync(database.Paths.DatabaseFile, Cancel);
        new Random(1).NextBytes(bytes.AsSpan(at, 2000));
        await File.WriteAllBytesAsync(database.Paths.DatabaseFile, bytes, Cancel);
        database.Reopen();

        string? refusal = await database.Initializer.InitializeAsync(Cancel);

        Assert.StartsWith($"The database {database.Paths.DatabaseFile} is damaged (", refusal, StringComparison.Ordinal);
        Assert.Contains("restore FILE", refusal, StringComparison.Ordinal);
        SqliteConnection.ClearAllPools();
        Assert.Equal(bytes, await File.ReadAllBytesAsync(database.Paths.DatabaseFile, Cancel));
    }
}
