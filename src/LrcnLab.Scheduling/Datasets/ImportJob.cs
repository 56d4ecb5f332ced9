using System.Text.Json;
using Hangfire;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Runs the worker's <c>import</c> and records what it found as a new version of the data set.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class ImportJob(
    LabWriter writer, IDbContextFactory<LabDbContext> contexts, DatasetRecorder recorder, LabPaths paths, LabOptions options, TimeProvider clock, ILogger<ImportJob> logger)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(Guid importId, CancellationToken serverStopping)
    {
        Import import;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(CancellationToken.None))
            import = await db.Imports.AsNoTracking().SingleAsync(i => i.Id == importId, CancellationToken.None);
        if (import.State != ImportState.Running)
            return;

        var versionId = Guid.CreateVersion7();
        string folder = paths.DatasetFolder(versionId);
        try
        {
            string? failure = await ReadSourceAsync(import, folder, serverStopping);
            if (failure is not null)
            {
                await EndAsync(importId, ImportState.Failed, failure, null);
            }
            else
            {
                DatasetManifest manifest = await ReadManifestAsync(folder);
                (Guid version, string message) = await recorder.RecordAsync(versionId, manifest, CancellationToken.None);
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

    /// <summary>Null when the worker wrote a manifest, else what went wrong.</summary>
    private async Task<string?> ReadSourceAsync(Import import, string folder, CancellationToken serverStopping)
    {
        Directory.CreateDirectory(folder);
        using var worker = WorkerProcess.Start(
            WorkerCommand.Create(options.WorkerPath, "import", import.Path, "--name", import.Name, "--output", folder),
            line => logger.LogInformation("Import of {Name}: {Line}", import.Name, line));
        await using CancellationTokenRegistration stop = serverStopping.Register(worker.Kill);

        DoneEvent? done = null;
        long shown = 0;
        while (await worker.Output.ReadAsync(CancellationToken.None) is Line line)
        {
            switch (line.TooLong ? null : WorkerEvent.Parse(line.Text))
            {
                case ProgressEvent progress when shown == 0 || clock.GetElapsedTime(shown) >= ProgressInterval:
                    shown = clock.GetTimestamp();
                    await ShowAsync(import.Id, progress);
                    break;
                case DoneEvent last:
                    done = last;
                    break;
            }
        }

        await worker.WaitForExitAsync(CancellationToken.None);
        await worker.WaitForErrorsAsync(TimeSpan.FromSeconds(1));
        if (serverStopping.IsCancellationRequested)
            return "The program was stopped while the import ran; start it again.";
        if (done is { Outcome: not Outcome.Completed })
            return done.Reason ?? "The import failed without giving a reason.";
        if (worker.ExitCode == WorkerProtocol.ExitDone)
            return null;
        return worker.ExitCode == WorkerProtocol.ExitBadInput && worker.LastErrors.Count > 0
            ? string.Join(" ", worker.LastErrors)
            : WorkerExit.Explain(worker.ExitCode, worker.LastErrors).Reason;
    }

    private static async Task<DatasetManifest> ReadManifestAsync(string folder)
    {
        await using FileStream file = File.OpenRead(Path.Combine(folder, WorkerProtocol.ManifestFile));
        return await JsonSerializer.DeserializeAsync<DatasetManifest>(file, LabJson.Options)
            ?? throw new InvalidDataException($"The worker's {WorkerProtocol.ManifestFile} is empty.");
    }

    private Task<int> ShowAsync(Guid importId, ProgressEvent progress) => writer.WriteAsync(
        db => db.Imports.Where(i => i.Id == importId).ExecuteUpdateAsync(
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
