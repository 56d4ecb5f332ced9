using LrcnLab.Storage.Backup;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Storage.Integrity;

/// <summary>What a check goes through now.</summary>
/// <param name="Stage">In a few words.</param>
/// <param name="Done">Bytes.</param>
/// <param name="Total">Bytes; 0 while unknown.</param>
public readonly record struct CheckProgress(string Stage, long Done, long Total);

/// <summary>What the last check found.</summary>
/// <param name="Database">What is wrong with the database, in words; null when it is well, or not SQLite.</param>
/// <param name="Read">Artifacts read in it.</param>
/// <param name="Damaged">Of all artifacts, as far as they were ever read.</param>
public sealed record IntegrityReport(DateTime At, string? Database, int Read, IReadOnlyList<DamagedArtifact> Damaged, OrphanReport Orphans)
{
    public bool IsWell => Database is null && Damaged.Count == 0 && Orphans.Missing.Count == 0;
}

/// <summary>
/// Looks whether everything is still what it was: the database by its own check, artifacts by their hashes, and whether both agree. On demand as fast as
/// possible; by itself a little at a time. One check at a time, which goes on when the page is left.
/// </summary>
public sealed class IntegrityService(ArtifactVerifier verifier, Orphans orphans, ArtifactStore artifacts, IDbContextFactory<LabDbContext> contexts, LabOptions options, LabPaths paths, TimeProvider clock, ILogger<IntegrityService> logger) : IDisposable
{
    /// <summary>In checks that nobody asked for: training reads from the same disk.</summary>
    private const long QuietBytesPerSecond = 16 << 20;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private CancellationTokenSource? _running;

    /// <summary>Null when no check goes on.</summary>
    public CheckProgress? Progress { get; private set; }

    /// <summary>Null before the first since the program's start.</summary>
    public IntegrityReport? Report { get; private set; }

    /// <summary>Why the last check ended early, in words; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Begins a check of everything.</summary>
    /// <returns>Why not, in words; null when it has begun.</returns>
    public string? Begin()
    {
        if (!_turn.Wait(0))
            return "A check goes on: wait for its end, or cancel it.";
        Progress = new CheckProgress("Beginning", 0, 0);
        _ = Task.Run(() => RunAsync(clock.GetUtcNow().UtcDateTime, null, CancellationToken.None));
        return null;
    }

    public void Cancel() => _running?.Cancel();

    /// <summary>Removes what nothing refers to, then looks again.</summary>
    /// <returns>What went, or why nothing did, in words.</returns>
    public async Task<(IReadOnlyList<OrphanFile> Removed, string? Refusal)> RemoveOrphansAsync(CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(0, cancellationToken))
            return ([], "A check goes on: wait for its end, or cancel it.");
        try
        {
            IReadOnlyList<OrphanFile> removed = await orphans.RemoveAsync(cancellationToken);
            logger.LogInformation("Removed {Count} orphans, {Bytes} bytes", removed.Count, removed.Sum(r => r.Bytes));
            if (Report is { } report)
                Report = report with { Orphans = await orphans.FindAsync(cancellationToken) };
            return (removed, null);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What is due by itself: artifacts that were not read for long, slowly, and a database that is too large to be checked at each start.</summary>
    public async Task CheckDueAsync(CancellationToken cancellationToken)
    {
        if (options.VerifyDays == 0 || !await _turn.WaitAsync(0, cancellationToken))
            return;
        await RunAsync(clock.GetUtcNow().UtcDateTime.AddDays(-options.VerifyDays), QuietBytesPerSecond, cancellationToken);
        // What was let go while a backup held it.
        await artifacts.RemoveUnreferencedAsync(null, cancellationToken);
    }

    public void Dispose()
    {
        Cancel();
        _turn.Dispose();
    }

    /// <summary>Gives the turn back at its end.</summary>
    private async Task RunAsync(DateTime since, long? bytesPerSecond, CancellationToken cancellationToken)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _running = running;
        try
        {
            Failure = null;
            string? database = await DatabaseAsync(running.Token);
            (int read, _) = await verifier.VerifyAsync(since, bytesPerSecond, (done, total) => Progress = new CheckProgress("Reading artifacts", done, total), running.Token);
            Progress = new CheckProgress("Looking for orphans", 0, 0);
            Report = new IntegrityReport(clock.GetUtcNow().UtcDateTime, database, read, await verifier.DamagedAsync(running.Token), await orphans.FindAsync(running.Token));
            if (!Report.IsWell)
                logger.LogError("Integrity: {Damaged} artifacts are damaged, {Missing} are gone; database: {Database}", Report.Damaged.Count, Report.Orphans.Missing.Count, database ?? "well");
        }
        catch (OperationCanceledException)
        {
            Failure = "The check was canceled. What was read so far counts.";
        }
        catch (Exception e)
        {
            logger.LogError(e, "A check of integrity failed");
            Failure = $"The check failed: {e.Message}";
        }
        finally
        {
            _running = null;
            Progress = null;
            _turn.Release();
        }
    }

    private async Task<string?> DatabaseAsync(CancellationToken cancellationToken)
    {
        if (options.Database.Provider != DatabaseProvider.Sqlite)
            return null;
        Progress = new CheckProgress("Checking the database", 0, new FileInfo(paths.DatabaseFile).Length);
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(TimeSpan.FromHours(6));
        try
        {
            return await BackupReader.IntegrityAsync(db, cancellationToken);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            return e.Message;
        }
    }
}
