using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Turns a manifest into rows.</summary>
internal sealed class DatasetRecorder(LabWriter writer, TimeProvider clock)
{
    /// <summary>Adds a version with all its samples, or finds that nothing changed since the newest one.</summary>
    /// <param name="versionId">Id of the version if there is to be one; the manifest lies in its folder.</param>
    /// <returns>The new or unchanged version, and a sentence for people.</returns>
    public Task<(Guid VersionId, string Message)> RecordAsync(Guid versionId, DatasetManifest manifest, CancellationToken cancellationToken)
    {
        string hash = manifest.Hash();
        return writer.WriteAsync(
            async db =>
            {
                Dataset? dataset = await db.Datasets.SingleOrDefaultAsync(d => d.Name == manifest.Name, cancellationToken);
                DatasetVersion? newest = dataset is null
                    ? null
                    : await db.DatasetVersions.Where(v => v.DatasetId == dataset.Id).OrderByDescending(v => v.Number).FirstOrDefaultAsync(cancellationToken);
                if (newest is not null && newest.Hash == hash && newest.Root == manifest.Root)
                    return (newest.Id, $"Nothing changed since version {newest.Number}.");

                DateTime now = clock.GetUtcNow().UtcDateTime;
                dataset ??= db.Datasets.Add(new Dataset { Name = manifest.Name, CreatedAt = now }).Entity;
                DatasetVersion version = Version(versionId, dataset, (newest?.Number ?? 0) + 1, hash, manifest, now);
                db.DatasetVersions.Add(version);
                db.Samples.AddRange(manifest.Samples.Select((sample, index) => Row(versionId, index, sample)));
                string problems = manifest.Problems.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {manifest.Problems.Count:N0} files could not be used");
                return (versionId, string.Create(CultureInfo.InvariantCulture, $"Version {version.Number}: {manifest.Samples.Count:N0} samples of {manifest.Classes.Count:N0} classes{problems}."));
            },
            cancellationToken);
    }

    private static DatasetVersion Version(Guid id, Dataset dataset, int number, string hash, DatasetManifest manifest, DateTime now) => new()
    {
        Id = id,
        Dataset = dataset,
        Number = number,
        Hash = hash,
        Root = manifest.Root,
        Layout = manifest.Layout,
        Classes = [.. manifest.Classes],
        TrainCount = manifest.Samples.Count(s => s.Split == Split.Train),
        ValidationCount = manifest.Samples.Count(s => s.Split == Split.Validation),
        TestCount = manifest.Samples.Count(s => s.Split == Split.Test),
        ProblemCount = manifest.Problems.Count,
        Licence = manifest.Licence,
        Task = DatasetTask.Of(manifest),
        Changes = [.. manifest.Changes],
        Unmirrored = [.. manifest.Unmirrored],
        CreatedAt = now,
    };

    private static SampleRow Row(Guid versionId, int index, Sample sample) => new()
    {
        VersionId = versionId,
        Index = index,
        Path = sample.Path,
        Label = sample.Label,
        Group = sample.Group,
        Split = sample.Split,
        Start = sample.Start,
        End = sample.End,
        Frames = sample.Frames,
        FrameRate = sample.FrameRate,
        Width = sample.Width,
        Height = sample.Height,
        Sha256 = sample.Sha256,
        Captions = [.. sample.Captions],
        PreviewIndex = index,
    };
}
