using LrcnLab.Core.Datasets;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Data;

/// <summary>How many clips there are beside each choice of a filter: of those that all other filters leave.</summary>
/// <param name="Classes">By label.</param>
/// <param name="Splits">By split.</param>
/// <param name="Flags">By single flag.</param>
public sealed record ClipFacets(IReadOnlyDictionary<int, int> Classes, IReadOnlyDictionary<Split, int> Splits, IReadOnlyDictionary<SampleFlags, int> Flags)
{
    public static ClipFacets None { get; } = new(new Dictionary<int, int>(), new Dictionary<Split, int>(), new Dictionary<SampleFlags, int>());
}

/// <summary>A clip that looks like another.</summary>
/// <param name="Sample">The clip.</param>
/// <param name="Distance">Share of the fingerprint that differs; 0 also for the same part of the same file.</param>
public sealed record AlikeClip(SampleRow Sample, double Distance);

/// <summary>
/// Clips of a version by filter. A filter is answered with the places of all its clips (4 bytes each) and the rows of one page are read by their key:
/// any page of 100,000 clips costs the same, and so does the clip before or after one.
/// </summary>
public sealed class BrowseQueries(IDbContextFactory<LabDbContext> database, VersionFolders folders)
{
    /// <summary>Places of the clips that pass, in the order asked for.</summary>
    /// <param name="version">The version.</param>
    /// <param name="filter">Its class is looked for in <paramref name="classes"/>; an unknown one has no clips.</param>
    /// <param name="classes">Of the version.</param>
    /// <param name="cancel">Ends the query.</param>
    public async Task<int[]> IndicesAsync(Guid version, ClipFilter filter, IReadOnlyList<string> classes, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        IQueryable<SampleRow> samples = Filtered(db, version, filter);
        if (filter.Class.Length > 0)
        {
            int label = classes.ToList().IndexOf(filter.Class);
            if (label < 0)
                return [];
            samples = samples.Where(s => s.Label == label);
        }

        if (filter.Split is { } split)
            samples = samples.Where(s => s.Split == split);
        if (filter.Flags != SampleFlags.None)
            samples = samples.Where(s => (s.Flags & filter.Flags) != 0);
        return await Sorted(samples, filter.Sort).Select(s => s.Index).ToArrayAsync(cancel);
    }

    /// <summary>Rows at these places, in their order.</summary>
    public async Task<IReadOnlyList<SampleRow>> RowsAsync(Guid version, IReadOnlyList<int> indices, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        Dictionary<int, SampleRow> rows = await db.Samples.AsNoTracking().Where(s => s.VersionId == version && indices.Contains(s.Index)).ToDictionaryAsync(s => s.Index, cancel);
        return [.. indices.Select(i => rows.GetValueOrDefault(i)).OfType<SampleRow>()];
    }

    /// <summary>Other clips of the same file or recording; at most <paramref name="take"/>.</summary>
    public async Task<IReadOnlyList<SampleRow>> RelatedAsync(SampleRow sample, int take, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Samples.AsNoTracking()
            .Where(s => s.VersionId == sample.VersionId && s.Index != sample.Index && (s.Sha256 == sample.Sha256 || (sample.Group != "" && s.Group == sample.Group)))
            .OrderBy(s => s.Sha256 == sample.Sha256 ? 0 : 1).ThenBy(s => s.Index).Take(take).ToListAsync(cancel);
    }

    /// <summary>Clips that look like this one, the most alike first; the import noted whether there are any. Reads the manifest, which takes a second for 100,000 clips.</summary>
    /// <returns>At most <paramref name="take"/>, each with the share of its fingerprint that differs.</returns>
    public async Task<IReadOnlyList<AlikeClip>> AlikeAsync(SampleRow sample, int take, CancellationToken cancel)
    {
        if ((sample.Flags & (SampleFlags.Duplicate | SampleFlags.DuplicateAcrossSplits)) == 0)
            return [];
        IReadOnlyList<(int Index, double Distance)> found = await Task.Run(
            async () => await folders.ReadAsync(sample.VersionId, cancel) is { } manifest && sample.Index < manifest.Samples.Count ? LeakGuard.AlikeTo(manifest.Samples, sample.Index, take) : [], cancel);
        IReadOnlyList<SampleRow> rows = await RowsAsync(sample.VersionId, [.. found.Select(f => f.Index)], cancel);
        return [.. rows.Join(found, r => r.Index, f => f.Index, (row, f) => new AlikeClip(row, f.Distance))];
    }

    /// <summary>One pass over the clips that text and length leave.</summary>
    public async Task<ClipFacets> FacetsAsync(Guid version, ClipFilter filter, IReadOnlyList<string> classes, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var cells = await Filtered(db, version, filter).GroupBy(s => new { s.Label, s.Split, s.Flags }).Select(g => new { g.Key.Label, g.Key.Split, g.Key.Flags, Count = g.Count() }).ToListAsync(cancel);
        int? label = filter.Class.Length > 0 ? classes.ToList().IndexOf(filter.Class) : null;
        var inFlags = cells.Where(c => filter.Flags == SampleFlags.None || (c.Flags & filter.Flags) != 0).ToList();
        return new ClipFacets(
            inFlags.Where(c => filter.Split is null || c.Split == filter.Split).GroupBy(c => c.Label).ToDictionary(g => g.Key, g => g.Sum(c => c.Count)),
            inFlags.Where(c => label is null || c.Label == label).GroupBy(c => c.Split).ToDictionary(g => g.Key, g => g.Sum(c => c.Count)),
            FlagWords.All.ToDictionary(f => f.Flag, f => cells.Where(c => c.Flags.HasFlag(f.Flag) && (label is null || c.Label == label) && (filter.Split is null || c.Split == filter.Split)).Sum(c => c.Count)));
    }

    private static IQueryable<SampleRow> Filtered(LabDbContext db, Guid version, ClipFilter filter)
    {
        IQueryable<SampleRow> samples = db.Samples.AsNoTracking().Where(s => s.VersionId == version);
        if (filter.From is { } from)
            samples = samples.Where(s => s.Frames >= from);
        if (filter.To is { } to)
            samples = samples.Where(s => s.Frames <= to);
        if (filter.Text.Length > 0)
        {
#pragma warning disable CA1304, CA1311, CA1862 // The database compares; it knows no cultures.
            string text = filter.Text.ToLowerInvariant();
            samples = samples.Where(s => s.Path.ToLower().Contains(text) || s.Captions.Any(c => c.ToLower().Contains(text)));
#pragma warning restore CA1304, CA1311, CA1862
        }

        return samples;
    }

    private static IQueryable<SampleRow> Sorted(IQueryable<SampleRow> samples, ClipSort sort) => sort switch
    {
        ClipSort.Length => samples.OrderBy(s => s.Frames).ThenBy(s => s.Index),
        ClipSort.Longest => samples.OrderByDescending(s => s.Frames).ThenBy(s => s.Index),
        ClipSort.Class => samples.OrderBy(s => s.Label).ThenBy(s => s.Index),
        _ => samples.OrderBy(s => s.Index),
    };
}
