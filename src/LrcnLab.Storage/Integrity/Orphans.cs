using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Integrity;

/// <param name="Path">Below the data folder.</param>
public sealed record OrphanFile(string Path, long Bytes);

/// <summary>What database and files do not agree on.</summary>
/// <param name="Unreferenced">Artifacts with a row that nothing refers to.</param>
/// <param name="Strays">Files in the artifact store that no row names.</param>
/// <param name="Folders">Folders of runs and data-set versions that do not exist.</param>
/// <param name="Missing">SHA-256 of artifacts in use whose file is gone: only a backup can bring them back.</param>
public sealed record OrphanReport(IReadOnlyList<OrphanFile> Unreferenced, IReadOnlyList<OrphanFile> Strays, IReadOnlyList<OrphanFile> Folders, IReadOnlyList<string> Missing)
{
    /// <summary>What may go.</summary>
    public IEnumerable<OrphanFile> Removable => [.. Unreferenced, .. Strays, .. Folders];
}

/// <summary>Finds orphans on either side, and removes those that may go. What is younger than a day is left alone: it may be on its way into the database.</summary>
public sealed class Orphans(IDbContextFactory<LabDbContext> contexts, ArtifactStore artifacts, LabPaths paths, TimeProvider clock)
{
    private static readonly TimeSpan Young = TimeSpan.FromDays(1);

    public async Task<OrphanReport> FindAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        IQueryable<Entities.Artifact> inUse = ArtifactStore.Referenced(db);
        Dictionary<string, bool> known = await db.Artifacts.Select(a => new { a.Sha256, Used = inUse.Any(r => r.Sha256 == a.Sha256) }).ToDictionaryAsync(a => a.Sha256, a => a.Used, cancellationToken);
        DateTime before = (clock.GetUtcNow() - Young).UtcDateTime;
        var unreferenced = known.Where(a => !a.Value).Select(a => new FileInfo(paths.ArtifactFile(a.Key))).Where(f => f.Exists && f.LastWriteTimeUtc < before);
        var strays = new DirectoryInfo(paths.ArtifactRoot).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => !known.ContainsKey(f.Name) && f.LastWriteTimeUtc < before);
        return new OrphanReport([.. unreferenced.Select(File)], [.. strays.Select(File)], [.. await FoldersAsync(db, before, cancellationToken)], [.. known.Where(a => a.Value && artifacts.Find(a.Key) is null).Select(a => a.Key).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Removes what may go, as it is at this moment.</summary>
    /// <returns>What went.</returns>
    public async Task<IReadOnlyList<OrphanFile>> RemoveAsync(CancellationToken cancellationToken)
    {
        OrphanReport found = await FindAsync(cancellationToken);
        await artifacts.RemoveUnreferencedAsync([.. found.Unreferenced.Select(f => Path.GetFileName(f.Path))], cancellationToken);
        await artifacts.RemoveStrayAsync((clock.GetUtcNow() - Young).UtcDateTime, cancellationToken);
        foreach (OrphanFile folder in found.Folders)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = Path.Combine(paths.DataDirectory, folder.Path);
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }

        return [.. found.Removable.Where(f => !Path.Exists(Path.Combine(paths.DataDirectory, f.Path)))];
    }

    private async Task<List<OrphanFile>> FoldersAsync(LabDbContext db, DateTime before, CancellationToken cancellationToken)
    {
        HashSet<Guid> runs = [.. await db.Runs.Select(r => r.Id).ToListAsync(cancellationToken), .. await db.Removals.Select(r => r.RunId).ToListAsync(cancellationToken)];
        HashSet<Guid> versions = [.. await db.DatasetVersions.Select(v => v.Id).ToListAsync(cancellationToken)];
        var found = new List<OrphanFile>();
        foreach ((string root, HashSet<Guid> known) in ((string, HashSet<Guid>)[])[(paths.RunRoot, runs), (paths.DatasetRoot, versions)])
        {
            foreach (DirectoryInfo folder in new DirectoryInfo(root).EnumerateDirectories().Where(f => Guid.TryParse(f.Name, out Guid id) && !known.Contains(id) && f.LastWriteTimeUtc < before))
                found.Add(new OrphanFile(Path.GetRelativePath(paths.DataDirectory, folder.FullName), folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length)));
        }

        return found;
    }

    private OrphanFile File(FileInfo file) => new(Path.GetRelativePath(paths.DataDirectory, file.FullName), file.Length);
}
