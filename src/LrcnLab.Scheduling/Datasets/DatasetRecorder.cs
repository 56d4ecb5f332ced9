using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Where the preview of a sample lies.</summary>
internal sealed record PreviewPlace(Guid VersionId, int Index);

/// <summary>Turns a manifest into rows.</summary>
internal sealed class DatasetRecorder(LabWriter writer, TimeProvider clock)
{
    /// <summary>Adds what an import found as a version with all its samples, or finds that nothing changed since the import before.</summary>
    /// <param name="versionId">Id of the version if there is to be one; the manifest lies in its folder.</param>
    /// <returns>The new or unchanged version, and a sentence for people.</returns>
    public Task<(Guid VersionId, string Message)> RecordAsync(Guid versionId, DatasetManifest manifest, CancellationToken cancellationToken)
    {
        string hash = manifest.Hash();
        var findings = Findings.Of(manifest);
        return writer.WriteAsync(
            async db =>
            {
                Dataset? dataset = await db.Datasets.SingleOrDefaultAsync(d => d.Name == manifest.Name, cancellationToken);
                DatasetVersion? newest = dataset is null ? null : await NewestAsync(db.DatasetVersions, dataset.Id, cancellationToken);
                // Edits are no reason to import the same files again as if they were new.
                DatasetVersion? imported = newest?.ParentId is null ? newest : await NewestAsync(db.DatasetVersions.Where(v => v.ParentId == null), newest.DatasetId, cancellationToken);
                if (imported is not null && imported.Hash == hash && imported.Root == manifest.Root)
                    return (imported.Id, $"Nothing changed since version {imported.Number}.{(imported == newest ? "" : $" Version {newest!.Number} was edited from it and stays the newest.")}");

                DateTime now = clock.GetUtcNow().UtcDateTime;
                dataset ??= db.Datasets.Add(new Dataset { Name = manifest.Name, CreatedAt = now }).Entity;
                DatasetVersion version = Version(versionId, dataset, (newest?.Number ?? 0) + 1, hash, manifest, findings, null, now);
                db.DatasetVersions.Add(version);
                db.Samples.AddRange(manifest.Samples.Select((sample, index) => Row(versionId, index, sample, findings.Flags[index], null)));
                string problems = manifest.Problems.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {manifest.Problems.Count:N0} files could not be used");
                string edits = imported == newest ? "" : $" The edits of version {newest!.Number} are not in it.";
                return (versionId, string.Create(CultureInfo.InvariantCulture, $"Version {version.Number}: {manifest.Samples.Count:N0} samples of {manifest.Classes.Count:N0} classes{problems}.{edits}{findings.Warning}"));
            },
            cancellationToken);
    }

    /// <summary>Adds an edited version with all its samples, unless the newest one is the same.</summary>
    /// <param name="parent">The version that was edited.</param>
    /// <param name="previews">For each sample.</param>
    public Task<EditResult> RecordEditAsync(Guid versionId, DatasetManifest manifest, DatasetVersion parent, IReadOnlyList<PreviewPlace> previews, CancellationToken cancellationToken)
    {
        string hash = manifest.Hash();
        var findings = Findings.Of(manifest);
        return writer.WriteAsync(
            async db =>
            {
                Dataset dataset = await db.Datasets.SingleAsync(d => d.Id == parent.DatasetId, cancellationToken);
                DatasetVersion newest = (await NewestAsync(db.DatasetVersions, dataset.Id, cancellationToken))!;
                if (newest.Hash == hash && newest.Root == manifest.Root)
                    return new EditResult(null, $"This would be the same as version {newest.Number}, which is the newest.");

                DatasetVersion version = Version(versionId, dataset, newest.Number + 1, hash, manifest, findings, parent.Id, clock.GetUtcNow().UtcDateTime);
                db.DatasetVersions.Add(version);
                db.Samples.AddRange(manifest.Samples.Select((sample, index) => Row(versionId, index, sample, findings.Flags[index], previews[index])));
                string branch = newest.Id == parent.Id ? "" : $" It was made from version {parent.Number}; what changed up to version {newest.Number} is not in it.";
                return new EditResult(versionId, null) { Number = version.Number, Message = $"Version {version.Number}: {string.Join(' ', manifest.Changes)}{branch}{findings.Warning}" };
            },
            cancellationToken);
    }

    private static Task<DatasetVersion?> NewestAsync(IQueryable<DatasetVersion> versions, Guid datasetId, CancellationToken cancellationToken) =>
        versions.Where(v => v.DatasetId == datasetId).OrderByDescending(v => v.Number).FirstOrDefaultAsync(cancellationToken);

    private static DatasetVersion Version(Guid id, Dataset dataset, int number, string hash, DatasetManifest manifest, Findings findings, Guid? parentId, DateTime now) => new()
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
        ParentId = parentId,
        Changes = [.. manifest.Changes],
        Unmirrored = [.. manifest.Unmirrored],
        Card = findings.Card,
        Leaks = findings.Leaks,
        CreatedAt = now,
    };

    private static SampleRow Row(Guid versionId, int index, Sample sample, SampleFlags flags, PreviewPlace? preview) => new()
    {
        VersionId = versionId,
        Index = index,
        Path = sample.Path,
        Label = sample.Label,
        Group = sample.Group,
        Flags = flags,
        Split = sample.Split,
        Start = sample.Start,
        End = sample.End,
        Frames = sample.Frames,
        FrameRate = sample.FrameRate,
        Width = sample.Width,
        Height = sample.Height,
        Sha256 = sample.Sha256,
        Captions = [.. sample.Captions],
        PreviewVersionId = preview?.VersionId,
        PreviewIndex = preview?.Index ?? index,
    };

    /// <summary>What is found out about a manifest; before it is the write's turn, since that may take seconds.</summary>
    private sealed record Findings(string Card, string Leaks, IReadOnlyList<SampleFlags> Flags, string Warning)
    {
        public static Findings Of(DatasetManifest manifest)
        {
            var (leaks, flags) = LeakGuard.Examine(manifest);
            return new Findings(
                JsonSerializer.Serialize(DataCard.Of(manifest), LabJson.Options),
                JsonSerializer.Serialize(leaks, LabJson.Options),
                [.. flags.Zip(SampleChecks.Flags(manifest.Samples), (leak, check) => leak | check)],
                leaks.IsLeaking ? $" Its splits leak: {leaks.Summary()}." : "");
        }
    }
}
