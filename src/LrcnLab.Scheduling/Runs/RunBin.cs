using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Runs;

/// <summary>What lies in the bin.</summary>
/// <param name="Runs">How many.</param>
/// <param name="Bytes">That emptying it would free: files that no other run refers to.</param>
public sealed record BinContents(int Runs, long Bytes);

/// <summary>
/// Where runs go before they are gone: out of sight, whole, and to be brought back. Removing one for good takes its rows away and notes its files in one write;
/// then the files go. A crash in between leaves the note, and the next start does the rest.
/// </summary>
public sealed class RunBin(LabWriter writer, ArtifactStore artifacts, IDbContextFactory<LabDbContext> contexts, LabPaths paths, LabOptions options, RunFeed feed, TimeProvider clock, ILogger<RunBin> logger)
{
    /// <summary>Puts runs into the bin, all or none.</summary>
    /// <returns>Why not, in words; null when it is done.</returns>
    public async Task<string?> PutAsync(IReadOnlyCollection<Guid> runs, string? person, CancellationToken cancellationToken)
    {
        string? refusal = await writer.WriteAsync(
            async db =>
            {
                foreach (Guid id in runs)
                {
                    if (await db.Runs.SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } run)
                        return Undo(db, $"There is no run {id}.");
                    if (run.State.IsActive() || run.State == RunState.Queued)
                        return Undo(db, $"\"{run.Name}\" is {run.State.Word()}: {(run.State == RunState.Queued ? "cancel" : "stop or kill")} it first.");
                    (run.BinnedAt, run.BinnedBy) = (run.BinnedAt ?? clock.GetUtcNow().UtcDateTime, run.BinnedBy ?? person);
                }

                return null;
            },
            cancellationToken);
        Publish(runs, refusal);
        return refusal;
    }

    /// <summary>Brings runs back as they were.</summary>
    /// <returns>Why not, in words; null when it is done.</returns>
    public async Task<string?> RestoreAsync(IReadOnlyCollection<Guid> runs, CancellationToken cancellationToken)
    {
        string? refusal = await writer.WriteAsync(
            async db =>
            {
                foreach (Guid id in runs)
                {
                    if (await db.Runs.SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } run)
                        return Undo(db, $"There is no run {id} any more.");
                    (run.BinnedAt, run.BinnedBy) = (null, null);
                }

                return null;
            },
            cancellationToken);
        Publish(runs, refusal);
        return refusal;
    }

    /// <summary>Removes a run of the bin for good, with all that belongs to it alone.</summary>
    /// <returns>Why not, in words; null when it is done.</returns>
    public async Task<string?> RemoveAsync(Guid runId, CancellationToken cancellationToken)
    {
        string? refusal = await writer.WriteAsync(
            async db =>
            {
                if (await db.Runs.SingleOrDefaultAsync(r => r.Id == runId, cancellationToken) is not { } run)
                    return $"There is no run {runId}.";
                if (run.BinnedAt is null)
                    return $"\"{run.Name}\" is not in the bin: put it there first.";
                if (await db.Leases.AnyAsync(l => l.RunId == runId, cancellationToken))
                    return $"The worker of \"{run.Name}\" is just ending: try again in a few seconds.";
                List<string> files = await Files(db, runId).ToListAsync(cancellationToken);
                db.Removals.Add(new Removal { RunId = runId, Artifacts = files, Since = clock.GetUtcNow().UtcDateTime });
                // Everything else of it goes with it, by the keys of the tables.
                db.Runs.Remove(run);
                return null;
            },
            cancellationToken);
        if (refusal is null)
        {
            // The rows are gone: the rest is done, now or at the next start, whatever the caller does meanwhile.
            await FinishAsync(CancellationToken.None);
            feed.Publish(runId, RunParts.State);
        }

        return refusal;
    }

    /// <summary>Removes everything that has been in the bin since before <paramref name="before"/>, or all.</summary>
    /// <param name="before">UTC; null for all.</param>
    /// <param name="progress">Told how many are gone.</param>
    /// <param name="cancellationToken">Ends it between two runs.</param>
    /// <returns>How many runs were removed.</returns>
    public async Task<int> EmptyAsync(DateTime? before, Action<int>? progress, CancellationToken cancellationToken)
    {
        Guid[] binned;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            binned = await db.Runs.Where(r => r.BinnedAt != null && (before == null || r.BinnedAt < before)).Select(r => r.Id).ToArrayAsync(cancellationToken);
        int removed = 0;
        foreach (Guid run in binned)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await RemoveAsync(run, cancellationToken) is null)
                progress?.Invoke(++removed);
        }

        return removed;
    }

    public async Task<BinContents> ContentsAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        Guid[] binned = await db.Runs.Where(r => r.BinnedAt != null).Select(r => r.Id).ToArrayAsync(cancellationToken);
        if (binned.Length == 0)
            return new BinContents(0, 0);
        long bytes = await db.Artifacts
            .Where(a => db.Checkpoints.Any(c => c.Sha256 == a.Sha256 && binned.Contains(c.RunId)) || db.PredictionFiles.Any(p => p.Sha256 == a.Sha256 && binned.Contains(p.RunId)))
            .Where(a => !db.Checkpoints.Any(c => c.Sha256 == a.Sha256 && !binned.Contains(c.RunId)) && !db.PredictionFiles.Any(p => p.Sha256 == a.Sha256 && !binned.Contains(p.RunId)))
            .SumAsync(a => a.Bytes, cancellationToken);
        return new BinContents(binned.Length, bytes + binned.Sum(FolderBytes));
    }

    /// <summary>Removes what has been in the bin for longer than the settings say.</summary>
    internal async Task EmptyOldAsync(CancellationToken cancellationToken)
    {
        if (options.BinDays == 0)
            return;
        int removed = await EmptyAsync(clock.GetUtcNow().UtcDateTime.AddDays(-options.BinDays), null, cancellationToken);
        if (removed > 0)
            logger.LogInformation("Removed {Runs} runs that had been in the bin for {Days} days", removed, options.BinDays);
    }

    /// <summary>Removes the files of runs whose rows are gone.</summary>
    internal async Task FinishAsync(CancellationToken cancellationToken)
    {
        List<Removal> open;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            open = await db.Removals.AsNoTracking().ToListAsync(cancellationToken);
        foreach (Removal removal in open)
        {
            string folder = paths.RunFolder(removal.RunId);
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // There was none, or another call was quicker.
            }

            await artifacts.RemoveUnreferencedAsync(removal.Artifacts, cancellationToken);
            await writer.WriteAsync(db => db.Removals.Where(r => r.RunId == removal.RunId).ExecuteDeleteAsync(cancellationToken), cancellationToken);
        }
    }

    private static IQueryable<string> Files(LabDbContext db, Guid run) =>
        db.Checkpoints.Where(c => c.RunId == run).Select(c => c.Sha256).Union(db.PredictionFiles.Where(p => p.RunId == run).Select(p => p.Sha256))
            .Union(db.Runs.Where(r => r.Id == run && r.WeightsSha256 != null).Select(r => r.WeightsSha256!));

    private long FolderBytes(Guid run)
    {
        var folder = new DirectoryInfo(paths.RunFolder(run));
        return folder.Exists ? folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) : 0;
    }

    private static string Undo(LabDbContext db, string refusal)
    {
        db.ChangeTracker.Clear();
        return refusal;
    }

    private void Publish(IReadOnlyCollection<Guid> runs, string? refusal)
    {
        foreach (Guid run in refusal is null ? runs : [])
            feed.Publish(run, RunParts.State);
    }
}
