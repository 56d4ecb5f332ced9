using System.Text.Json;
using Hangfire;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Runs the worker's <c>import</c> and records what it found as a new version of the data set.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class ImportJob(
    LabWriter writer,
    IDbContextFactory<LabDbContext> contexts,
    ImportSources sources,
    ImportWorker worker,
    DatasetRecorder recorder,
    LabPaths paths,
    TimeProvider clock,
    ILogger<ImportJob> logger)
{
    public const string CanceledMessage = "Canceled; nothing of it was kept.";

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>One video may take long to read; a worker that says nothing for so long hangs.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(30);

    public async Task RunAsync(Guid importId, CancellationToken serverStopping)
    {
        if (await BeginAsync(importId) is not Import import)
            return;
        var versionId = Guid.CreateVersion7();
        string folder = paths.DatasetFolder(versionId);
        try
        {
            using var canceled = new CancellationTokenSource();
            using var ended = new CancellationTokenSource();
            Task watching = WatchAsync(importId, canceled, ended.Token);
            string? failure = await ReadSourceAsync(import, folder, canceled.Token, serverStopping);
            await ended.CancelAsync();
            await watching;
            if (canceled.IsCancellationRequested)
            {
                await EndAsync(importId, ImportState.Canceled, CanceledMessage, null);
            }
            else if (failure is not null)
            {
                await EndAsync(importId, ImportState.Failed, failure, null);
            }
            else
            {
                DatasetManifest manifest = await ReadManifestAsync(folder);
                (Guid version, string message) = await recorder.RecordAsync(versionId, manifest, CancellationToken.None);
                ImportSources.DropArchive(sources.Of(import), manifest.Root);
                await EndAsync(importId, ImportState.Completed, message, version);
            }
        }
        catch (Exception e)
        {
            logger.LogError(e, "Import {ImportId} failed", importId);
            await EndAsync(importId, ImportState.Failed, e.Message, null);
        }

        await RemoveUnlessRecordedAsync(versionId, folder);
    }

    /// <summary>Null when the import was ended before its turn came.</summary>
    private Task<Import?> BeginAsync(Guid importId) => writer.WriteAsync(
        async db =>
        {
            Import import = await db.Imports.SingleAsync(i => i.Id == importId);
            if (import.State != ImportState.Running)
                return null;
            import.Stage = "starting";
            return import;
        },
        CancellationToken.None);

    /// <summary>Asks the row, because whoever cancels may be another server.</summary>
    private async Task WatchAsync(Guid importId, CancellationTokenSource canceled, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await using (LabDbContext db = await contexts.CreateDbContextAsync(CancellationToken.None))
            {
                if (await db.Imports.AnyAsync(i => i.Id == importId && i.CancelRequested, CancellationToken.None))
                {
                    await canceled.CancelAsync();
                    return;
                }
            }

            await Task.Delay(ProgressInterval, clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Null when the worker wrote a manifest, else what went wrong.</summary>
    private async Task<string?> ReadSourceAsync(Import import, string folder, CancellationToken canceled, CancellationToken serverStopping)
    {
        Directory.CreateDirectory(folder);
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(canceled, serverStopping);
        long shown = 0;
        string? failure = await worker.RunAsync(
            sources.Of(import),
            import.Options,
            ["--name", import.Name, "--output", folder],
            async e =>
            {
                if (e is not ProgressEvent progress || (shown != 0 && clock.GetElapsedTime(shown) < ProgressInterval))
                    return;
                shown = clock.GetTimestamp();
                await ShowAsync(import.Id, progress);
            },
            Silence,
            kill.Token);
        return serverStopping.IsCancellationRequested ? "The program was stopped while the import ran; start it again." : failure;
    }

    private static async Task<DatasetManifest> ReadManifestAsync(string folder)
    {
        await using FileStream file = File.OpenRead(Path.Combine(folder, WorkerProtocol.ManifestFile));
        return await JsonSerializer.DeserializeAsync<DatasetManifest>(file, LabJson.Options)
            ?? throw new InvalidDataException($"The worker's {WorkerProtocol.ManifestFile} is empty.");
    }

    private Task<int> ShowAsync(Guid importId, ProgressEvent progress) => writer.WriteAsync(
        db => db.Imports.Where(i => i.Id == importId && i.State == ImportState.Running).ExecuteUpdateAsync(
            i => i.SetProperty(x => x.Stage, progress.Stage).SetProperty(x => x.Done, progress.Done).SetProperty(x => x.Total, progress.Total)),
        CancellationToken.None);

    private Task<int> EndAsync(Guid importId, ImportState state, string message, Guid? versionId)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return writer.WriteAsync(
            db => db.Imports.Where(i => i.Id == importId).ExecuteUpdateAsync(i => i
                .SetProperty(x => x.State, state)
                .SetProperty(x => x.Stage, "")
                .SetProperty(x => x.Message, message)
                .SetProperty(x => x.VersionId, versionId)
                .SetProperty(x => x.EndedAt, now)),
            CancellationToken.None);
    }

    private async Task RemoveUnlessRecordedAsync(Guid versionId, string folder)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(CancellationToken.None);
        if (!await db.DatasetVersions.AnyAsync(v => v.Id == versionId, CancellationToken.None) && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
