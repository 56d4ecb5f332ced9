using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Notifications;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>
/// Stores what a worker says. Metrics, log and files first, each harmless to repeat; then, in one write, everything else together with the sequence number
/// of the last event. So after a crash at any point the events after that number are simply taken again from the journal.
/// </summary>
internal sealed class RunIngest(
    MetricStore metrics, ArtifactStore artifacts, LabWriter writer, IDbContextFactory<LabDbContext> contexts, LabPaths paths, RunFeed feed, TimeProvider clock)
{
    /// <summary>Stores those events that are new, in the order of their sequence numbers.</summary>
    /// <param name="token">The lease under which the events come.</param>
    /// <returns>False when the lease is somebody else's by now; nothing was stored then but points and log lines, which are the same for everybody.</returns>
    public async Task<bool> ApplyAsync(Guid runId, Guid token, RunLogWriter log, IReadOnlyList<WorkerEvent> events, CancellationToken cancellationToken)
    {
        List<WorkerEvent> fresh = await FreshAsync(runId, events, cancellationToken);
        if (fresh.Count == 0)
            return true;

        await metrics.WriteAsync(runId, Samples(fresh, log), cancellationToken);
        foreach (LogEvent line in fresh.OfType<LogEvent>())
            log.Append(line);

        var files = new Dictionary<string, IncomingArtifact>();
        try
        {
            foreach (WorkerEvent e in fresh)
                await TakeFileAsync(runId, e, log, files, cancellationToken);
            var replaced = new List<string>();
            bool stored = await writer.WriteAsync(db => RecordAsync(db, runId, token, fresh, files, replaced, cancellationToken), cancellationToken);
            if (!stored)
                return false;
            Release(files);
            if (replaced.Count > 0)
                await artifacts.RemoveUnreferencedAsync(replaced, cancellationToken);
        }
        finally
        {
            Release(files);
        }

        feed.Publish(new RunChange(runId, Parts(fresh), fresh.OfType<MetricEvent>().Select(m => m.Step).DefaultIfEmpty().Max()));
        return true;
    }

    private async Task<List<WorkerEvent>> FreshAsync(Guid runId, IReadOnlyList<WorkerEvent> events, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        long stored = await db.Runs.Where(r => r.Id == runId).Select(r => r.LastSequence).SingleAsync(cancellationToken);
        return [.. events.Where(e => e.Sequence > stored).DistinctBy(e => e.Sequence).OrderBy(e => e.Sequence)];
    }

    private static List<MetricSample> Samples(List<WorkerEvent> events, RunLogWriter log)
    {
        var samples = new List<MetricSample>();
        foreach (MetricEvent e in events.OfType<MetricEvent>())
        {
            foreach (var (key, value) in e.Values)
            {
                if (MetricKeys.IsValid(key) && double.IsFinite(e.Epoch))
                    samples.Add(new MetricSample(key, new MetricPoint(e.Step, e.Epoch, e.Time, value)));
                else
                    log.Append(e.Time, LogLevel.Warning, $"The metric \"{key}\" of step {e.Step}, epoch {e.Epoch} was left out: its key or epoch is not valid.");
            }
        }

        return samples;
    }

    /// <summary>Takes the file that an event announces into the artifact store.</summary>
    private async Task TakeFileAsync(Guid runId, WorkerEvent e, RunLogWriter log, Dictionary<string, IncomingArtifact> files, CancellationToken cancellationToken)
    {
        (string File, string Sha256)? announced = e switch
        {
            CheckpointEvent c => (c.File, c.Sha256),
            PredictionsEvent p => (p.File, p.Sha256),
            _ => null,
        };
        if (announced is not var (name, sha256) || files.ContainsKey(sha256))
            return;

        string folder = paths.RunFolder(runId);
        string file = Path.GetFullPath(name, folder);
        if (!file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            log.Append(e.Time, LogLevel.Error, $"The worker announced \"{name}\", which is not in the run's folder; it was left alone.");
            return;
        }

        if (File.Exists(file))
        {
            IncomingArtifact taken = await artifacts.TakeAsync(file, cancellationToken);
            if (!files.TryAdd(taken.Sha256, taken))
                taken.Dispose();
        }

        if (!files.ContainsKey(sha256) && artifacts.TakeStored(sha256) is IncomingArtifact stored)
            files.Add(sha256, stored);
        if (!files.ContainsKey(sha256))
            log.Append(e.Time, LogLevel.Warning, $"The file \"{name}\" is gone or is not what the worker announced (SHA-256 {sha256}); it was not kept.");
    }

    private async Task<bool> RecordAsync(
        LabDbContext db, Guid runId, Guid token, List<WorkerEvent> events, Dictionary<string, IncomingArtifact> files, List<string> replaced, CancellationToken cancellationToken)
    {
        if (!await db.Leases.AnyAsync(l => l.RunId == runId && l.Token == token, cancellationToken))
            return false;
        Run run = await db.Runs.SingleAsync(r => r.Id == runId, cancellationToken);
        foreach (WorkerEvent e in events.Where(e => e.Sequence > run.LastSequence))
        {
            switch (e)
            {
                case StartedEvent started:
                    (run.Device, run.Steps, run.StepsPerEpoch) = (started.Device, started.Steps, started.StepsPerEpoch);
                    run.VersionsJson = JsonSerializer.Serialize(started.Versions, LabJson.Options);
                    (run.Step, run.Threads, run.Precision) = (started.ResumedAtStep, started.Threads, started.Precision);
                    if (run.State == RunState.Starting)
                        db.RunStateChanges.Add(run.Move(RunState.Running, started.ResumedAtStep == 0 ? $"Trains on {started.Device}." : $"Trains on {started.Device}, from step {started.ResumedAtStep} on.", Now).Change!);
                    break;
                case CheckInEvent checkIn when run.State.IsActive():
                    (run.Step, run.Steps, run.Epoch, run.Epochs) = (checkIn.Step, checkIn.Steps, checkIn.Epoch, checkIn.Epochs);
                    (run.Stage, run.SecondsLeft) = (checkIn.Stage, checkIn.SecondsLeft is double s && double.IsFinite(s) ? s : null);
                    run.CheckInDue = Now.AddSeconds(CheckInClock.Bounded(checkIn.ExpectNextInSeconds));
                    break;
                case ProgressEvent progress when run.State.IsActive():
                    run.Stage = progress.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $"{progress.Stage}, {100 * progress.Done / progress.Total} %") : progress.Stage;
                    break;
                case GuardEvent { Action: GuardAction.Notify or GuardAction.LowerRate } guard:
                    await Notifier.AddAsync(db, NotificationKind.Guard, guard.Message, run, Now, cancellationToken);
                    break;
                case MetricEvent metric:
                    run.Step = Math.Max(run.Step, metric.Step);
                    break;
                case ConfusionMatrixEvent matrix:
                    await RecordMatrixAsync(db, runId, matrix, cancellationToken);
                    break;
                case PredictionsEvent predictions when files.TryGetValue(predictions.Sha256, out IncomingArtifact? file):
                    await RecordPredictionsAsync(db, runId, predictions, file, replaced, cancellationToken);
                    break;
                case CheckpointEvent checkpoint when files.TryGetValue(checkpoint.Sha256, out IncomingArtifact? file):
                    await RecordCheckpointAsync(db, runId, checkpoint, file, replaced, cancellationToken);
                    run.AutomaticResumes = 0;
                    break;
                // The last word of a worker: with events behind it, it ended an attempt before, whose end the server could not store.
                case DoneEvent done when e.Sequence == events[^1].Sequence:
                    foreach (var (state, cause) in RunOutcome.Of(run.State, done))
                        db.RunStateChanges.Add(run.Move(state, cause, Now).Change!);
                    if (run.ReturnToQueue(Now) is { } back)
                        db.RunStateChanges.Add(back);
                    break;
            }
        }

        run.LastSequence = Math.Max(run.LastSequence, events[^1].Sequence);
        return true;
    }

    private static async Task RecordMatrixAsync(LabDbContext db, Guid runId, ConfusionMatrixEvent e, CancellationToken cancellationToken)
    {
        if (await db.ConfusionMatrices.FindAsync([runId, e.Split, e.Epoch], cancellationToken) is ConfusionMatrix known)
            known.Counts = e.Counts;
        else
            db.ConfusionMatrices.Add(new ConfusionMatrix { RunId = runId, Split = e.Split, Epoch = e.Epoch, Counts = e.Counts });
    }

    private async Task RecordPredictionsAsync(LabDbContext db, Guid runId, PredictionsEvent e, IncomingArtifact file, List<string> replaced, CancellationToken cancellationToken)
    {
        await artifacts.AddAsync(db, file, cancellationToken);
        if (await db.PredictionFiles.FindAsync([runId, e.Split, e.Epoch], cancellationToken) is PredictionFile known)
        {
            if (known.Sha256 != e.Sha256)
                replaced.Add(known.Sha256);
            (known.Sha256, known.Bytes) = (e.Sha256, file.Bytes);
        }
        else
        {
            db.PredictionFiles.Add(new PredictionFile { RunId = runId, Split = e.Split, Epoch = e.Epoch, Sha256 = e.Sha256, Bytes = file.Bytes });
        }
    }

    private async Task RecordCheckpointAsync(LabDbContext db, Guid runId, CheckpointEvent e, IncomingArtifact file, List<string> replaced, CancellationToken cancellationToken)
    {
        await artifacts.AddAsync(db, file, cancellationToken);
        Checkpoint? known = db.Checkpoints.Local.FirstOrDefault(c => c.RunId == runId && c.Kind == e.Kind)
            ?? await db.Checkpoints.SingleOrDefaultAsync(c => c.RunId == runId && c.Kind == e.Kind, cancellationToken);
        string kept = $"{e.Kind}-{known?.Step}";
        if (known?.Name is not null && known.Sha256 != e.Sha256 && !await db.Checkpoints.AnyAsync(c => c.RunId == runId && c.Kind == kept, cancellationToken))
        {
            // A person named it, and so wants it to stay.
            known.Kind = kept;
            await db.SaveChangesAsync(cancellationToken);
        }
        else if (known is not null)
        {
            db.Checkpoints.Remove(known);
            if (known.Sha256 != e.Sha256)
                replaced.Add(known.Sha256);
        }

        db.Checkpoints.Add(new Checkpoint
        {
            RunId = runId,
            Kind = e.Kind,
            Epoch = e.Epoch,
            Step = e.Step,
            Sha256 = e.Sha256,
            Bytes = file.Bytes,
            WeightsBytes = e.WeightsBytes,
            WeightsSha256 = e.WeightsSha256,
            Metrics = new Dictionary<string, double>(e.Metrics),
            CreatedAt = e.Time,
        });
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private static void Release(Dictionary<string, IncomingArtifact> files)
    {
        foreach (IncomingArtifact file in files.Values)
            file.Dispose();
        files.Clear();
    }

    private static RunParts Parts(List<WorkerEvent> events)
    {
        var parts = RunParts.None;
        foreach (WorkerEvent e in events)
        {
            parts |= e switch
            {
                StartedEvent or DoneEvent => RunParts.State | RunParts.Progress,
                MetricEvent => RunParts.Metrics | RunParts.Progress,
                LogEvent => RunParts.Log,
                GuardEvent => RunParts.Notifications,
                CheckpointEvent => RunParts.Checkpoints,
                ConfusionMatrixEvent => RunParts.ConfusionMatrix,
                PredictionsEvent => RunParts.Predictions,
                _ => RunParts.Progress,
            };
        }

        return parts;
    }
}
