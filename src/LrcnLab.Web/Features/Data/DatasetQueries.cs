using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Data;

/// <summary>A data set with its newest version.</summary>
public sealed record DatasetRow(
    Guid Id, string Name, Guid VersionId, int Version, string Hash, string Layout, string Root, IReadOnlyList<string> Classes,
    int Train, int Validation, int Test, int Problems, string Licence, DateTime CreatedAt, string Task)
{
    public int Samples => Train + Validation + Test;
}

/// <summary>What pages and API read of data sets.</summary>
public sealed class DatasetQueries(IDbContextFactory<LabDbContext> database)
{
    public async Task<IReadOnlyList<DatasetRow>> ListAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await Newest(db.DatasetVersions).ToListAsync(cancel);
    }

    public async Task<DatasetRow?> GetAsync(Guid id, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await Newest(db.DatasetVersions.Where(v => v.DatasetId == id)).FirstOrDefaultAsync(cancel);
    }

    public async Task<Import?> NewestImportAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Imports.AsNoTracking().OrderByDescending(i => i.CreatedAt).FirstOrDefaultAsync(cancel);
    }

    public async Task<Import?> ImportAsync(Guid id, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, cancel);
    }

    public async Task<IReadOnlyList<Import>> RunningImportsAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Imports.AsNoTracking().Where(i => i.State == ImportState.Running).OrderBy(i => i.CreatedAt).ToListAsync(cancel);
    }

    private static IQueryable<DatasetRow> Newest(IQueryable<DatasetVersion> versions) =>
        from v in versions.AsNoTracking()
        where v.Number == v.Dataset.Versions.Max(other => other.Number)
        orderby v.Dataset.Name
        select new DatasetRow(v.DatasetId, v.Dataset.Name, v.Id, v.Number, v.Hash, v.Layout, v.Root, v.Classes, v.TrainCount, v.ValidationCount, v.TestCount, v.ProblemCount, v.Licence, v.CreatedAt, v.Task);
}
