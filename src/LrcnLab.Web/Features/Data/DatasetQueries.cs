using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Data;

/// <summary>A data set with its newest version.</summary>
public sealed record DatasetRow(
    Guid Id, string Name, Guid VersionId, int Version, string Hash, string Layout, string Root, IReadOnlyList<string> Classes,
    int Train, int Validation, int Test, int Problems, string Licence, DateTime CreatedAt)
{
    public int Samples => Train + Validation + Test;
}

public sealed record ClassCount(int Label, Split Split, int Count);

/// <summary>What pages and API read of data sets.</summary>
public sealed class DatasetQueries(IDbContextFactory<LabDbContext> database, LabPaths paths)
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

    public async Task<IReadOnlyList<ClassCount>> CountsAsync(Guid version, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Samples.Where(s => s.VersionId == version).GroupBy(s => new { s.Label, s.Split })
            .Select(g => new ClassCount(g.Key.Label, g.Key.Split, g.Count())).ToListAsync(cancel);
    }

    public async Task<(IReadOnlyList<SampleRow> Samples, int Total)> SamplesAsync(Guid version, int? label, Split? split, int skip, int take, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        IQueryable<SampleRow> samples = db.Samples.AsNoTracking().Where(s => s.VersionId == version);
        if (label is { } l)
            samples = samples.Where(s => s.Label == l);
        if (split is { } p)
            samples = samples.Where(s => s.Split == p);
        return (await samples.OrderBy(s => s.Index).Skip(skip).Take(take).ToListAsync(cancel), await samples.CountAsync(cancel));
    }

    /// <summary>Files that the import could not use, from the version's manifest.</summary>
    public async Task<IReadOnlyList<SampleProblem>> ProblemsAsync(Guid version, CancellationToken cancel)
    {
        string file = Path.Combine(paths.DatasetFolder(version), WorkerProtocol.ManifestFile);
        if (!File.Exists(file))
            return [];
        await using FileStream stream = File.OpenRead(file);
        return (await JsonSerializer.DeserializeAsync<DatasetManifest>(stream, LabJson.Options, cancel))?.Problems ?? [];
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
        select new DatasetRow(v.DatasetId, v.Dataset.Name, v.Id, v.Number, v.Hash, v.Layout, v.Root, v.Classes, v.TrainCount, v.ValidationCount, v.TestCount, v.ProblemCount, v.Licence, v.CreatedAt);
}
