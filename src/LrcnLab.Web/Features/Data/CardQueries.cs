using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Data;

/// <summary>A run that used a version.</summary>
public sealed record CardRun(Guid Id, string Name, RunState State, int Version, DateTime CreatedAt);

/// <summary>Prepared frames of one size.</summary>
/// <param name="Size">Such as <c>64x48-gray</c>.</param>
/// <param name="Bytes">On disk.</param>
public sealed record PreparedSize(string Size, long Bytes);

/// <summary>One version of a data set with what belongs to all of them.</summary>
public sealed record CardVersion(
    Guid DatasetId, string Name, string Notes, Guid VersionId, int Version, int Newest, string Hash, string Layout, string Task, IReadOnlyList<string> Classes,
    int Train, int Validation, int Test, int Problems, string Licence, DateTime CreatedAt)
{
    public int Samples => Train + Validation + Test;

    public bool IsNewest => Version == Newest;
}

/// <summary>What the pages of one data-set version read.</summary>
public sealed class CardQueries(IDbContextFactory<LabDbContext> database, LabWriter writer, LabPaths paths)
{
    private const int MostNotes = 50_000;

    /// <param name="dataset">The data set.</param>
    /// <param name="number">Of the version; null for the newest.</param>
    /// <param name="cancel">Ends the query.</param>
    /// <returns>Null when there is no such version.</returns>
    public async Task<CardVersion?> VersionAsync(Guid dataset, int? number, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.DatasetVersions.AsNoTracking().Where(v => v.DatasetId == dataset && (number == null || v.Number == number)).OrderByDescending(v => v.Number)
            .Select(v => new CardVersion(
                v.DatasetId, v.Dataset.Name, v.Dataset.Notes, v.Id, v.Number, v.Dataset.Versions.Max(o => o.Number), v.Hash, v.Layout, v.Task, v.Classes,
                v.TrainCount, v.ValidationCount, v.TestCount, v.ProblemCount, v.Licence, v.CreatedAt))
            .FirstOrDefaultAsync(cancel);
    }

    /// <summary>The version's figures; for versions from before there were any they are computed from the manifest, once.</summary>
    /// <returns>Null when the version or its manifest is gone.</returns>
    public async Task<DataCard?> CardAsync(Guid version, CancellationToken cancel)
    {
        string? stored;
        await using (LabDbContext db = await database.CreateDbContextAsync(cancel))
            stored = await db.DatasetVersions.Where(v => v.Id == version).Select(v => v.Card).FirstOrDefaultAsync(cancel);
        if (stored is null)
            return null;
        if (stored.Length > 0)
            return JsonSerializer.Deserialize<DataCard>(stored, LabJson.Options);

        // A manifest of 100,000 clips takes seconds to read: not on the thread of the page.
        DataCard? card = await Task.Run(async () => await ReadAsync<DatasetManifest>(version, cancel) is { } manifest ? DataCard.Of(manifest) : null, cancel);
        if (card is not null)
        {
            string json = JsonSerializer.Serialize(card, LabJson.Options);
            await writer.WriteAsync(db => db.DatasetVersions.Where(v => v.Id == version).ExecuteUpdateAsync(v => v.SetProperty(x => x.Card, json), CancellationToken.None), cancel);
        }

        return card;
    }

    /// <summary>Files that the import could not use, from the version's manifest.</summary>
    public async Task<IReadOnlyList<SampleProblem>> ProblemsAsync(Guid version, CancellationToken cancel) => (await ReadAsync<ManifestProblems>(version, cancel))?.Problems ?? [];

    /// <summary>Runs that used any version of a data set, the newest first.</summary>
    public async Task<IReadOnlyList<CardRun>> RunsAsync(Guid dataset, int take, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await (from r in db.Runs.AsNoTracking()
                      join v in db.DatasetVersions on r.DatasetVersionId equals v.Id
                      where v.DatasetId == dataset
                      orderby r.CreatedAt descending
                      select new CardRun(r.Id, r.Name, r.State, v.Number, r.CreatedAt)).Take(take).ToListAsync(cancel);
    }

    /// <summary>Frames that runs prepared of a version.</summary>
    /// <param name="hash">Of the version.</param>
    public IReadOnlyList<PreparedSize> Prepared(string hash)
    {
        string prefix = hash[..32] + "-";
        var folders = new DirectoryInfo(paths.PreparedRoot);
        return folders.Exists
            ? [.. folders.EnumerateDirectories(prefix + "*").Where(d => d.Extension != ".tmp").OrderBy(d => d.Name, StringComparer.Ordinal)
                .Select(d => new PreparedSize(d.Name[prefix.Length..], d.EnumerateFiles().Sum(f => f.Length)))]
            : [];
    }

    /// <summary>Keeps what people wrote about a data set.</summary>
    /// <returns>Null when it is kept, else why not.</returns>
    public async Task<string?> SaveNotesAsync(Guid dataset, string notes, CancellationToken cancel)
    {
        if (notes.Length > MostNotes)
            return string.Create(CultureInfo.InvariantCulture, $"These notes have {notes.Length:N0} characters; at most {MostNotes:N0} are kept.");
        await writer.WriteAsync(db => db.Datasets.Where(d => d.Id == dataset).ExecuteUpdateAsync(d => d.SetProperty(x => x.Notes, notes), CancellationToken.None), cancel);
        return null;
    }

    private async Task<T?> ReadAsync<T>(Guid version, CancellationToken cancel) where T : class
    {
        string file = Path.Combine(paths.DatasetFolder(version), WorkerProtocol.ManifestFile);
        if (!File.Exists(file))
            return null;
        await using FileStream stream = File.OpenRead(file);
        return await JsonSerializer.DeserializeAsync<T>(stream, LabJson.Options, cancel);
    }

    /// <summary>A manifest without its samples, which may be many.</summary>
    private sealed record ManifestProblems(IReadOnlyList<SampleProblem> Problems);
}
