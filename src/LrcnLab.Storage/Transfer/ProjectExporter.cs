using LrcnLab.Storage.Backup;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Transfer;

/// <summary>
/// Writes a project as one file for another installation: a small database of the same form with its rows alone, and the files that these name. Videos are
/// not in it, and neither are runs in the bin.
/// </summary>
public sealed class ProjectExporter(IDbContextFactory<LabDbContext> contexts, LabPaths paths, TimeProvider clock)
{
    /// <summary>Name of the list in the zip, written last.</summary>
    internal const string IndexName = "project.json";

    /// <summary>Writes the file while it is read from the disk.</summary>
    /// <param name="projectId">Of a project that exists.</param>
    /// <param name="to">Need not be seekable.</param>
    /// <param name="cancellationToken">Ends it; what was written is no whole file then.</param>
    public async Task WriteAsync(Guid projectId, Stream to, CancellationToken cancellationToken)
    {
        string database = Path.Combine(paths.DataDirectory, $"export-{Guid.CreateVersion7()}.db");
        // From before the rows are copied, so that every file which they name stays.
        using ArtifactHold hold = await ArtifactHold.AcquireAsync(paths, cancellationToken);
        try
        {
            (List<Guid> runs, List<Guid> versions, List<string> artifacts, string[] migrations) = await CopyRowsAsync(projectId, database, cancellationToken);
            List<(string Path, string File)> files = [(BackupManifest.DatabaseName, database), .. artifacts.Select(paths.ArtifactFile).Select(f => (Relative(f), f))];
            foreach (string folder in runs.Select(paths.RunFolder).Concat(versions.Select(paths.DatasetFolder)).Where(Directory.Exists))
                files.AddRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => (Relative(f), f)));
            var manifest = new BackupManifest(BackupManifest.CurrentFormat, BackupZip.Version, clock.GetUtcNow().UtcDateTime, migrations, [], []);
            await BackupZip.WriteAsync(to, IndexName, manifest, files, null, cancellationToken);
        }
        finally
        {
            File.Delete(database);
        }
    }

    private async Task<(List<Guid> Runs, List<Guid> Versions, List<string> Artifacts, string[] Migrations)> CopyRowsAsync(Guid projectId, string database, CancellationToken cancellationToken)
    {
        await using LabDbContext from = await contexts.CreateDbContextAsync(cancellationToken);
        await using LabDbContext to = TransferDatabase.Open(database);
        await to.Database.MigrateAsync(cancellationToken);
        // The one that every installation begins with.
        await to.Projects.ExecuteDeleteAsync(cancellationToken);
        await to.AddRangeAsync(await from.Projects.AsNoTracking().Where(p => p.Id == projectId).ToListAsync(cancellationToken), cancellationToken);
        await to.AddRangeAsync(await from.Experiments.AsNoTracking().Where(e => e.ProjectId == projectId).ToListAsync(cancellationToken), cancellationToken);
        await to.AddRangeAsync(await from.Sweeps.AsNoTracking().Where(s => s.ProjectId == projectId).ToListAsync(cancellationToken), cancellationToken);
        IQueryable<Run> runs = from.Runs.AsNoTracking().Where(r => r.ProjectId == projectId && r.BinnedAt == null);
        List<Guid> versions = await runs.Select(r => r.DatasetVersionId).Distinct().ToListAsync(cancellationToken), ids = [];
        List<DatasetVersion> rows = await from.DatasetVersions.AsNoTracking().Where(v => versions.Contains(v.Id)).ToListAsync(cancellationToken);
        Guid[] datasets = [.. rows.Select(v => v.DatasetId).Distinct()];
        await to.AddRangeAsync(await from.Datasets.AsNoTracking().Where(d => datasets.Contains(d.Id)).ToListAsync(cancellationToken), cancellationToken);
        await to.AddRangeAsync(rows, cancellationToken);
        await to.SaveChangesAsync(cancellationToken);
        foreach (Guid version in versions)
            await TransferDatabase.CopyAsync(from.Samples.AsNoTracking().Where(s => s.VersionId == version), to, cancellationToken);
        var artifacts = new HashSet<string>();
        await foreach (Run run in runs.AsAsyncEnumerable().WithCancellation(cancellationToken))
            ids.Add(run.Id);
        foreach (Guid id in ids)
        {
            // One that was removed meanwhile is left out.
            if (await from.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is { } run)
                await TransferDatabase.CopyRunAsync(run, from, to, artifacts, cancellationToken);
        }

        return (ids, versions, [.. artifacts.Order(StringComparer.Ordinal)], [.. to.Database.GetMigrations()]);
    }

    private string Relative(string file) => Path.GetRelativePath(paths.DataDirectory, file).Replace(Path.DirectorySeparatorChar, '/');
}
