using LrcnLab.Core.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Makes versions of data sets out of versions. What is there already never changes.</summary>
public sealed class VersionService
{
    private readonly DatasetRecorder _recorder;
    private readonly VersionFolders _folders;
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly TimeProvider _clock;

    internal VersionService(DatasetRecorder recorder, VersionFolders folders, IDbContextFactory<LabDbContext> contexts, TimeProvider clock) =>
        (_recorder, _folders, _contexts, _clock) = (recorder, folders, contexts, clock);

    /// <summary>Applies edits to a version, which need not be the newest, and records the result as the newest one.</summary>
    /// <param name="versionId">The version in which the edits name their samples.</param>
    /// <exception cref="StorageFullException">The disk has no room for a version.</exception>
    public async Task<EditResult> EditAsync(Guid versionId, IReadOnlyList<DatasetEdit> edits, CancellationToken cancellationToken)
    {
        DatasetVersion? parent;
        List<PreviewPlace> previews;
        await using (LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken))
        {
            parent = await db.DatasetVersions.AsNoTracking().SingleOrDefaultAsync(v => v.Id == versionId, cancellationToken);
            previews = await db.Samples.Where(s => s.VersionId == versionId).OrderBy(s => s.Index)
                .Select(s => new PreviewPlace(s.PreviewVersionId ?? s.VersionId, s.PreviewIndex)).ToListAsync(cancellationToken);
        }

        if (parent is null)
            return new EditResult(null, $"There is no data-set version {versionId}.");
        if (await _folders.ReadAsync(versionId, cancellationToken) is not { } manifest || manifest.Samples.Count != previews.Count)
            return new EditResult(null, $"Version {parent.Number} cannot be edited, because its manifest is missing from the data folder. Import the data set again.");
        EditOutcome outcome = DatasetEditor.Apply(manifest, edits);
        if (outcome.Manifest is not { } edited)
            return new EditResult(null, outcome.Refusal);

        edited = edited with { CreatedAt = _clock.GetUtcNow().UtcDateTime };
        var id = Guid.CreateVersion7();
        try
        {
            // The manifest first: a kill between the two leaves a folder that the next start removes, never a version without its manifest.
            await _folders.WriteAsync(id, edited, cancellationToken);
            // From here on the change must not be torn.
            return await _recorder.RecordEditAsync(id, edited, parent, [.. outcome.Origins.Select(i => previews[i])], CancellationToken.None);
        }
        finally
        {
            await _folders.RemoveUnlessRecordedAsync(id);
        }
    }
}
