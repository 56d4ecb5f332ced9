using LrcnLab.Core.Runs;
using LrcnLab.Storage.Backup;
using LrcnLab.Storage.Entities;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Transfer;

/// <summary>What an import of a project brought.</summary>
/// <param name="Project">Its name here; another than there where that was taken.</param>
/// <param name="Runs">That came.</param>
/// <param name="Known">That were here already, and were left as they are.</param>
/// <param name="WithoutVideos">Data sets that came without their videos, and where those belong: until then their runs can be looked at, not trained.</param>
public sealed record ImportedProject(Guid Id, string Project, int Runs, int Known, IReadOnlyList<string> WithoutVideos);

/// <summary>
/// Brings in a project from another installation. Everything is unpacked and verified first; then run after run comes in one write each, so that an import
/// which was cut short is done again and brings the rest.
/// </summary>
public sealed class ProjectImporter(LabWriter writer, IDbContextFactory<LabDbContext> contexts, ArtifactStore artifacts, LabPaths paths, TimeProvider clock)
{
    /// <param name="file">As <see cref="ProjectExporter"/> wrote it, perhaps in an earlier version.</param>
    /// <param name="progress">Told of bytes.</param>
    /// <param name="cancellationToken">Ends it between two runs.</param>
    /// <returns>What came, or why nothing did, in words.</returns>
    public async Task<(ImportedProject? Imported, string? Refusal)> ImportAsync(string file, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var (manifest, refusal) = await BackupReader.ReadAsync(file, ProjectExporter.IndexName, "an exported project", cancellationToken);
        if (manifest is null)
            return (null, refusal);
        long bytes = manifest.Files.Sum(f => f.Bytes), free = new DriveInfo(paths.DataDirectory).AvailableFreeSpace;
        if (free < bytes + (64 << 20))
            return (null, $"The project needs {bytes >> 20:N0} MiB, and {free >> 20:N0} MiB are free on the disk of {paths.DataDirectory}.");
        string folder = Path.Combine(paths.DataDirectory, $"importing-{Guid.CreateVersion7()}");
        Directory.CreateDirectory(folder);
        try
        {
            IReadOnlyList<string> problems = await BackupReader.ExtractAsync(file, manifest, folder, progress, cancellationToken);
            if (problems.Count > 0)
                return (null, $"The file is damaged, and nothing was imported: {string.Join(" ", problems.Take(3))}");
            await using LabDbContext from = TransferDatabase.Open(Path.Combine(folder, BackupManifest.DatabaseName));
            if (manifest.Migrations.Except(from.Database.GetMigrations()).LastOrDefault() is string unknown)
                return (null, $"The project was exported by a newer version of LrcnLab (it has the change \"{unknown}\"): use that version.");
            // What an earlier version wrote gets this version's form.
            await from.Database.MigrateAsync(cancellationToken);
            return await WrongAsync(from, folder, cancellationToken) is string wrong ? (null, $"{wrong} Nothing was imported.") : (await BringAsync(from, folder, progress, cancellationToken), null);
        }
        catch (SqliteException e)
        {
            return (null, $"The database in the file cannot be used: {e.Message}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Names in a file from elsewhere must not become paths that lead somewhere else.</summary>
    private async Task<string?> WrongAsync(LabDbContext from, string folder, CancellationToken cancellationToken)
    {
        if (await from.Projects.CountAsync(cancellationToken) is not 1 and int projects)
            return $"The file has {projects} projects instead of one.";
        await foreach (string path in from.Samples.Select(s => s.Path).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (!ImportedManifest.IsInside(path))
                return $"A data set names the file \"{path}\", which lies outside of its folder.";
        }

        foreach (Guid version in await from.DatasetVersions.Select(v => v.Id).ToListAsync(cancellationToken))
        {
            if (await ImportedManifest.MoveAsync(Path.Combine(folder, "datasets", version.ToString()), VideoFolder(version), cancellationToken) is string wrong)
                return wrong;
        }

        return null;
    }

    private async Task<ImportedProject> BringAsync(LabDbContext from, string folder, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        Guid[] runs = await from.Runs.OrderBy(r => r.CreatedAt).Select(r => r.Id).ToArrayAsync(cancellationToken);
        Project source = await from.Projects.AsNoTracking().SingleAsync(cancellationToken);
        (Project project, Dictionary<Guid, Guid> groups) = await writer.WriteAsync(db => GroupsAsync(db, from, source, cancellationToken), cancellationToken);
        (Dictionary<Guid, Guid> versions, List<string> withoutVideos) = await VersionsAsync(from, folder, cancellationToken);
        (int came, int known) = (0, 0);
        foreach (Guid id in runs)
        {
            progress?.Report(new BackupProgress("Bringing in runs", came + known, runs.Length));
            cancellationToken.ThrowIfCancellationRequested();
            if (await RunAsync(from, folder, id, project.Id, groups, versions, cancellationToken))
                came++;
            else
                known++;
        }

        return new ImportedProject(project.Id, project.Name, came, known, withoutVideos);
    }

    /// <summary>The project with its experiments and sweeps, found again or made; and which id here stands for which there.</summary>
    private static async Task<(Project Project, Dictionary<Guid, Guid> Groups)> GroupsAsync(LabDbContext db, LabDbContext from, Project source, CancellationToken cancellationToken)
    {
        Project? project = await db.Projects.SingleOrDefaultAsync(p => p.Id == source.Id, cancellationToken);
        if (project is null)
        {
            string name = source.Name;
            for (int n = 2; await db.Projects.AnyAsync(p => p.Name == name, cancellationToken); n++)
                name = $"{source.Name} ({n})";
            db.Projects.Add(project = new Project { Id = source.Id, Name = name, CreatedAt = source.CreatedAt });
        }

        var groups = new Dictionary<Guid, Guid>();
        foreach (Experiment one in await from.Experiments.AsNoTracking().ToListAsync(cancellationToken))
        {
            Experiment? here = await db.Experiments.Where(e => e.Id == one.Id || (e.ProjectId == project.Id && e.Name == one.Name)).OrderBy(e => e.Id == one.Id ? 0 : 1).FirstOrDefaultAsync(cancellationToken);
            here ??= db.Experiments.Add(new Experiment { Id = one.Id, ProjectId = project.Id, Name = one.Name, CreatedAt = one.CreatedAt }).Entity;
            groups[one.Id] = here.Id;
        }

        foreach (Sweep one in await from.Sweeps.AsNoTracking().ToListAsync(cancellationToken))
        {
            Sweep? here = await db.Sweeps.Where(s => s.Id == one.Id || (s.ProjectId == project.Id && s.Name == one.Name)).OrderBy(s => s.Id == one.Id ? 0 : 1).FirstOrDefaultAsync(cancellationToken);
            here ??= db.Sweeps.Add(new Sweep { Id = one.Id, ProjectId = project.Id, Name = one.Name, CreatedAt = one.CreatedAt }).Entity;
            groups[one.Id] = here.Id;
        }

        return (project, groups);
    }

    /// <summary>Data-set versions: the same id or the same content is the same version; others come as versions of the data set of that name.</summary>
    private async Task<(Dictionary<Guid, Guid> Versions, List<string> WithoutVideos)> VersionsAsync(LabDbContext from, string folder, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<Guid, Guid>();
        var withoutVideos = new List<string>();
        foreach (DatasetVersion version in await from.DatasetVersions.AsNoTracking().OrderBy(v => v.Number).ToListAsync(cancellationToken))
        {
            Dataset dataset = await from.Datasets.AsNoTracking().SingleAsync(d => d.Id == version.DatasetId, cancellationToken);
            await using LabDbContext look = await contexts.CreateDbContextAsync(cancellationToken);
            Guid known = await look.DatasetVersions.Where(v => v.Id == version.Id || v.Hash == version.Hash).OrderBy(v => v.Id == version.Id ? 0 : 1).Select(v => v.Id).FirstOrDefaultAsync(cancellationToken);
            if (known == Guid.Empty)
            {
                // Files first: a folder without a row is an orphan, a row without its manifest a fault.
                MoveFolder(Path.Combine(folder, "datasets", version.Id.ToString()), paths.DatasetFolder(version.Id));
                await writer.WriteAsync(db => AddVersionAsync(db, from, version, dataset, cancellationToken), cancellationToken);
                known = version.Id;
                withoutVideos.Add($"{dataset.Name} (they belong into {VideoFolder(version.Id)})");
            }

            versions[version.Id] = known;
        }

        return (versions, withoutVideos);
    }

    private async Task AddVersionAsync(LabDbContext db, LabDbContext from, DatasetVersion version, Dataset dataset, CancellationToken cancellationToken)
    {
        Dataset? here = await db.Datasets.Where(d => d.Id == dataset.Id || d.Name == dataset.Name).OrderBy(d => d.Id == dataset.Id ? 0 : 1).FirstOrDefaultAsync(cancellationToken);
        here ??= db.Datasets.Add(new Dataset { Id = dataset.Id, Name = dataset.Name, CreatedAt = dataset.CreatedAt, Notes = dataset.Notes }).Entity;
        int newest = await db.DatasetVersions.Where(v => v.DatasetId == here.Id).Select(v => (int?)v.Number).MaxAsync(cancellationToken) ?? 0;
        bool parent = await db.DatasetVersions.AnyAsync(v => v.Id == version.ParentId, cancellationToken);
        var row = db.Entry(version);
        row.State = EntityState.Added;
        // Where its videos lay there means nothing here, or something else.
        row.Property(v => v.Root).CurrentValue = VideoFolder(version.Id);
        row.Property(v => v.DatasetId).CurrentValue = here.Id;
        row.Property(v => v.Number).CurrentValue = Math.Max(newest + 1, newest == 0 ? version.Number : 0);
        row.Property(v => v.ParentId).CurrentValue = parent ? version.ParentId : null;
        await db.SaveChangesAsync(cancellationToken);
        await TransferDatabase.CopyAsync(from.Samples.AsNoTracking().Where(s => s.VersionId == version.Id), db, cancellationToken);
    }

    /// <returns>False when the run is here already.</returns>
    private async Task<bool> RunAsync(LabDbContext from, string folder, Guid id, Guid project, Dictionary<Guid, Guid> groups, Dictionary<Guid, Guid> versions, CancellationToken cancellationToken)
    {
        await using (LabDbContext look = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (await look.Runs.AnyAsync(r => r.Id == id, cancellationToken))
                return false;
        }

        string[] files = await from.Checkpoints.Where(c => c.RunId == id).Select(c => c.Sha256).Union(from.PredictionFiles.Where(p => p.RunId == id).Select(p => p.Sha256))
            .Union(from.Runs.Where(r => r.Id == id && r.WeightsSha256 != null).Select(r => r.WeightsSha256!)).ToArrayAsync(cancellationToken);
        var taken = new List<IncomingArtifact>();
        try
        {
            foreach (string sha256 in files)
            {
                string file = Path.Combine(folder, "artifacts", sha256[..2], sha256);
                // Two runs may have had the same file.
                if (File.Exists(file))
                    taken.Add(await artifacts.TakeAsync(file, cancellationToken));
                else if (artifacts.TakeStored(sha256) is { } stored)
                    taken.Add(stored);
            }

            MoveFolder(Path.Combine(folder, "runs", id.ToString()), paths.RunFolder(id));
            await writer.WriteAsync(
                async db =>
                {
                    Run run = await from.Runs.AsNoTracking().SingleAsync(r => r.Id == id, cancellationToken);
                    (run.ProjectId, run.DatasetVersionId) = (project, versions[run.DatasetVersionId]);
                    run.ExperimentId = run.ExperimentId is { } experiment ? groups[experiment] : null;
                    run.SweepId = run.SweepId is { } sweep ? groups[sweep] : null;
                    RunStateChange? end = EndWaiting(run);
                    await TransferDatabase.CopyRunAsync(run, from, db, new HashSet<string>(), cancellationToken);
                    if (end is not null)
                        db.RunStateChanges.Add(end);
                },
                cancellationToken);
        }
        finally
        {
            taken.ForEach(t => t.Dispose());
        }

        return true;
    }

    private string VideoFolder(Guid version) => Path.Combine(paths.DatasetFolder(version), "videos");

    /// <summary>What trained or waited there neither trains nor waits here until somebody asks for it.</summary>
    private RunStateChange? EndWaiting(Run run)
    {
        RunState? to = run.State == RunState.Queued ? RunState.Paused : run.State.IsActive() ? RunState.Interrupted : null;
        return to is { } state ? run.Move(state, $"It was {run.State.Word()} where it was exported.", clock.GetUtcNow().UtcDateTime, "import").Change : null;
    }

    private static void MoveFolder(string from, string to)
    {
        if (Directory.Exists(from) && !Directory.Exists(to))
            Directory.Move(from, to);
    }
}
