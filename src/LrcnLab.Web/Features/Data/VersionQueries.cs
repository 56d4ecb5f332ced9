using LrcnLab.Core.Datasets;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Data;

/// <summary>A run that used a version.</summary>
public sealed record VersionRun(Guid Id, string Name, RunState State, DateTime CreatedAt);

/// <summary>One version of a data set.</summary>
/// <param name="Parent">Number of the version that it was edited from; null for an import.</param>
/// <param name="Runs">The runs that used it, the newest first.</param>
public sealed record VersionRow(
    Guid Id, int Number, int? Parent, string Hash, IReadOnlyList<string> Changes, int Classes, int Train, int Validation, int Test, DateTime CreatedAt, IReadOnlyList<VersionRun> Runs)
{
    public int Samples => Train + Validation + Test;
}

/// <summary>What pages and API read of the versions of a data set.</summary>
public sealed class VersionQueries(IDbContextFactory<LabDbContext> database, VersionFolders folders)
{
    public async Task<string?> NameAsync(Guid dataset, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Datasets.Where(d => d.Id == dataset).Select(d => d.Name).FirstOrDefaultAsync(cancel);
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<VersionRow>> ListAsync(Guid dataset, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var versions = await db.DatasetVersions.Where(v => v.DatasetId == dataset).OrderByDescending(v => v.Number)
            .Select(v => new { v.Id, v.Number, v.ParentId, v.Hash, v.Changes, v.Classes, v.TrainCount, v.ValidationCount, v.TestCount, v.CreatedAt }).ToListAsync(cancel);
        Dictionary<Guid, int> numbers = versions.ToDictionary(v => v.Id, v => v.Number);
        var runs = await db.Runs.Where(r => r.DatasetVersion.DatasetId == dataset).OrderByDescending(r => r.CreatedAt)
            .Select(r => new { r.DatasetVersionId, Run = new VersionRun(r.Id, r.Name, r.State, r.CreatedAt) }).ToListAsync(cancel);
        ILookup<Guid, VersionRun> used = runs.ToLookup(r => r.DatasetVersionId, r => r.Run);
        return [.. versions.Select(v => new VersionRow(
            v.Id, v.Number, v.ParentId is { } parent ? numbers.GetValueOrDefault(parent) : null, v.Hash, v.Changes, v.Classes.Count, v.TrainCount, v.ValidationCount, v.TestCount, v.CreatedAt, [.. used[v.Id]]))];
    }

    public async Task<bool> ExistsAsync(Guid version, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.DatasetVersions.AnyAsync(v => v.Id == version, cancel);
    }

    /// <summary>Null for a version that does not exist, or is from before there was a guard.</summary>
    public async Task<LeakReport?> LeaksAsync(Guid version, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return VersionLeaks.Read(await db.DatasetVersions.Where(v => v.Id == version).Select(v => v.Leaks).FirstOrDefaultAsync(cancel) ?? "");
    }

    /// <summary>Id of a version by its number, and the number of the newest one.</summary>
    public async Task<(Guid? Id, int Newest)> FindAsync(Guid dataset, int number, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var versions = await db.DatasetVersions.Where(v => v.DatasetId == dataset).Select(v => new { v.Id, v.Number }).ToListAsync(cancel);
        return (versions.FirstOrDefault(v => v.Number == number)?.Id, versions.Select(v => v.Number).DefaultIfEmpty().Max());
    }

    /// <summary>What two versions have differently; null when a manifest is missing.</summary>
    public async Task<ManifestDiff?> DiffAsync(Guid from, Guid to, CancellationToken cancel) =>
        await folders.ReadAsync(from, cancel) is { } earlier && await folders.ReadAsync(to, cancel) is { } later ? ManifestDiff.Of(earlier, later) : null;
}
