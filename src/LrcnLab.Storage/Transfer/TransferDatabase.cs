using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Transfer;

/// <summary>The small database in the file of a project, and how rows are copied to and from it.</summary>
internal static class TransferDatabase
{
    private const int RowsOfASave = 2000;

    public static LabDbContext Open(string file) =>
        new(new DbContextOptionsBuilder<LabDbContext>().UseSqlite($"Data Source={file};Pooling=False", o => o.MigrationsAssembly("LrcnLab.Migrations.Sqlite")).Options);

    /// <summary>Copies rows as they are, some at a time.</summary>
    public static async Task CopyAsync<T>(IQueryable<T> from, LabDbContext to, CancellationToken cancellationToken)
        where T : class
    {
        int rows = 0;
        await foreach (T row in from.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            to.Add(row);
            if (++rows % RowsOfASave == 0)
                await SaveAsync(to, cancellationToken);
        }

        await SaveAsync(to, cancellationToken);
    }

    /// <summary>Copies a run with everything that belongs to it. Artifacts get rows too, for those that are not there yet.</summary>
    /// <param name="run">As it is to be on the other side.</param>
    /// <param name="from">Where it comes from.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="artifacts">Gets the SHA-256 of every artifact that the run needs.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task CopyRunAsync(Run run, LabDbContext from, LabDbContext to, ISet<string> artifacts, CancellationToken cancellationToken)
    {
        Guid id = run.Id;
        List<RunStateChange> changes = await from.RunStateChanges.AsNoTracking().Where(c => c.RunId == id).OrderBy(c => c.Id).ToListAsync(cancellationToken);
        List<Checkpoint> checkpoints = await from.Checkpoints.AsNoTracking().Where(c => c.RunId == id).ToListAsync(cancellationToken);
        List<PredictionFile> predictions = await from.PredictionFiles.AsNoTracking().Where(p => p.RunId == id).ToListAsync(cancellationToken);
        string[] files = [.. checkpoints.Select(c => c.Sha256).Concat(predictions.Select(p => p.Sha256)).Concat(run.WeightsSha256 is string weights ? [weights] : []).Distinct()];
        List<Artifact> rows = await from.Artifacts.AsNoTracking().Where(a => files.Contains(a.Sha256)).ToListAsync(cancellationToken);
        List<string> known = await to.Artifacts.Where(a => files.Contains(a.Sha256)).Select(a => a.Sha256).ToListAsync(cancellationToken);
        to.Runs.Add(run);
        to.AddRange(rows.Where(a => !known.Contains(a.Sha256)).Select(a => new Artifact { Sha256 = a.Sha256, Bytes = a.Bytes, CreatedAt = a.CreatedAt }));
        await to.SaveChangesAsync(cancellationToken);
        // Their numbers are those of the other database.
        to.AddRange(changes.Select(c => new RunStateChange { RunId = id, Time = c.Time, From = c.From, To = c.To, Cause = c.Cause, Person = c.Person }));
        to.AddRange(checkpoints);
        to.AddRange(predictions);
        to.AddRange(await from.ConfusionMatrices.AsNoTracking().Where(m => m.RunId == id).ToListAsync(cancellationToken));
        List<MetricSeries> series = await from.MetricSeries.AsNoTracking().Where(s => s.RunId == id).ToListAsync(cancellationToken);
        to.AddRange(series);
        to.TellsOfMoves = false;
        try
        {
            await SaveAsync(to, cancellationToken);
        }
        finally
        {
            to.TellsOfMoves = true;
        }

        foreach (Guid one in series.Select(s => s.Id))
            await CopyAsync(from.MetricBlocks.AsNoTracking().Where(b => b.SeriesId == one).OrderBy(b => b.FirstStep), to, cancellationToken);
        artifacts.UnionWith(files);
    }

    private static async Task SaveAsync(LabDbContext to, CancellationToken cancellationToken)
    {
        await to.SaveChangesAsync(cancellationToken);
        to.ChangeTracker.Clear();
    }
}
