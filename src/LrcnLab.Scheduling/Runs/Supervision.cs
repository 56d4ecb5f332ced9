using System.Diagnostics;
using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using LogLevel = LrcnLab.Core.Events.LogLevel;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Starts a run's worker, looks after it, and brings the run to its end.</summary>
internal sealed class Supervision(
    RunIngest ingest,
    RunEnding ending,
    RunLog logs,
    SlotLeases leases,
    ArtifactStore artifacts,
    IDbContextFactory<LabDbContext> contexts,
    Machine machine,
    RunService runs,
    RunChecks checks,
    LabPaths paths,
    LabOptions options,
    TimeProvider clock,
    ILogger<Supervision> logger)
{
    /// <summary>Beside the kinds of checkpoints.</summary>
    private const string WeightsKey = "weights";

    // Loading libraries and data; what takes longer says so itself.
    private static readonly TimeSpan FirstSign = TimeSpan.FromMinutes(2);

    public async Task RunAsync(Lease lease, CancellationToken serverStopping)
    {
        (Run run, Dictionary<string, string> checkpoints) = await LoadAsync(lease.RunId);
        string folder = paths.RunFolder(run.Id);
        Directory.CreateDirectory(folder);
        string spec = Path.Combine(folder, WorkerProtocol.SpecFile);
        await File.WriteAllTextAsync(spec, run.SpecJson, CancellationToken.None);
        using RunLogWriter log = await logs.OpenAsync(run.Id, CancellationToken.None);
        Slot[] slots = [.. lease.Slots.Select(s => machine.Slots[s.Slot])];
        if (await RefuseAsync(run, checkpoints, slots, log) is string refusal)
        {
            await ending.EndAsync(lease, _ => [(RunState.Failed, refusal)]);
            return;
        }

        ProcessStartInfo start = WorkerCommand.Create(
            options.WorkerPath,
            ["train", spec, "--output", folder, "--data", paths.DatasetFolder(run.DatasetVersionId), "--prepared", paths.PreparedRoot, "--supervised", .. Beginning(run, checkpoints)]);
        start.Environment[WorkerLeftovers.Variable] = run.Id.ToString();
        WorkerCommand.Confine(start, slots, Environment.GetEnvironmentVariable(WorkerCommand.VisibleDevices));
        using var worker = WorkerProcess.Start(
            start,
            line => Note(log, LogLevel.Warning, line));
        WorkerMemory.OfferFirst(worker.Identity.Pid);
        await leases.NoteWorkerAsync(lease, worker.Identity, CancellationToken.None);
        logger.LogInformation("Run {RunId} has worker {Pid}", run.Id, worker.Identity.Pid);

        var checkIns = new CheckInClock(clock, options.CheckInGrace, FirstSign);
        var output = new WorkerOutput(worker.Output, checkIns, (level, text) => Note(log, level, text));
        Task reading = Task.Run(output.ReadAsync, CancellationToken.None);
        Task<bool> storing = StoreAsync(lease, run.LastSequence, log, output);
        var control = new WorkerControl(lease.RunId, worker, checkIns, TimeLimit.Of(run, lease), MemoryLimit(slots), runs, contexts, options, clock);
        WorkerEnd end = await control.RunUntilExitAsync(storing, serverStopping);

        // Whoever the worker started may hold its output open; the journal has the rest.
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
        output.Close();
        await worker.WaitForErrorsAsync(TimeSpan.FromSeconds(1));
        if (!await storing)
        {
            logger.LogWarning("Run {RunId} was taken over by another server", run.Id);
            return;
        }

        if (WorkerLeftovers.Kill(run.Id) is > 0 and int left)
            Note(log, LogLevel.Warning, $"The worker left {left} {(left == 1 ? "process" : "processes")} behind, which {(left == 1 ? "was" : "were")} killed.");
        await ending.DrainAsync(lease, log, CancellationToken.None);
        await ending.EndAsync(lease, r => end.Moves(r, worker.ExitCode, worker.LastErrors));
    }

    /// <summary>Where the worker is to begin.</summary>
    private static IEnumerable<string> Beginning(Run run, Dictionary<string, string> checkpoints)
    {
        string[] amendments = [.. run.Amendments.SelectMany(a => (string[])["--set", a])];
        string[] best = checkpoints.TryGetValue("best", out string? b) ? ["--best", b] : [];
        string[] fork = checkpoints.TryGetValue(Checkpoint.Start, out string? start) ? ["--fork", start] : [];
        string[] weights = checkpoints.TryGetValue(WeightsKey, out string? given) ? ["--weights", given] : [];
        // Without a value: there is a journal to go on with, and no checkpoint yet.
        string[] resume = checkpoints.TryGetValue("last", out string? last) ? ["--resume", last] : run.Attempt > 1 ? ["--resume"] : [];
        return [.. amendments, .. best, .. fork, .. weights, .. resume];
    }

    /// <summary>Bytes; 0 for none.</summary>
    private long MemoryLimit(Slot[] slots) => options.WorkerMemoryMiB is int mebibytes ? (long)mebibytes << 20
        : slots[0].Kind == DeviceKind.Cpu ? slots.Sum(s => s.MemoryBytes) : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Why the run cannot start, in words; null when it can.</summary>
    private async Task<string?> RefuseAsync(Run run, Dictionary<string, string> checkpoints, IReadOnlyList<Slot> slots, RunLogWriter log)
    {
        if (run.WeightsSha256 is string weights && !checkpoints.ContainsKey(WeightsKey) && !checkpoints.ContainsKey("last"))
            return $"The file of its initial weights is gone (SHA-256 {weights}): bring them in again under Settings, Weights, or restore a backup.";
        // A specification of a later version: the worker says what is wrong with it.
        if (run.ReadSpec() is not { } spec)
            return null;
        if (await checks.BeforeStartAsync(spec, run.DatasetVersion, slots, CancellationToken.None) is string refusal)
            return refusal;
        if (RunChecks.MemoryWarning(spec, run.Classes.Count, slots) is string warning)
            Note(log, LogLevel.Warning, warning);
        return null;
    }

    private void Note(RunLogWriter log, LogLevel level, string text)
    {
        try
        {
            log.Append(clock.GetUtcNow().UtcDateTime, level, text);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            logger.LogWarning(e, "A line of a run's log was lost: {Line}", text);
        }
    }

    private async Task<(Run Run, Dictionary<string, string> Checkpoints)> LoadAsync(Guid runId)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync();
        Run run = await db.Runs.AsNoTracking().Include(r => r.DatasetVersion).SingleAsync(r => r.Id == runId);
        string[] kinds = ["last", "best", Checkpoint.Start];
        var found = await db.Checkpoints.Where(c => c.RunId == runId && kinds.Contains(c.Kind)).Select(c => new { c.Kind, c.Sha256 }).ToListAsync();
        Dictionary<string, string> files = found.Select(c => (c.Kind, File: artifacts.Find(c.Sha256))).Where(c => c.File is not null).ToDictionary(c => c.Kind, c => c.File!);
        if (run.WeightsSha256 is string weights && artifacts.Find(weights) is string file)
            files[WeightsKey] = file;
        return (run, files);
    }

    /// <summary>Stores events as they come, many at once when they come fast; false when the lease was lost.</summary>
    private async Task<bool> StoreAsync(Lease lease, long stored, RunLogWriter log, WorkerOutput output)
    {
        try
        {
            await foreach (IReadOnlyList<WorkerEvent> batch in output.BatchesAsync())
            {
                if (batch[0].Sequence <= stored)
                    throw new InvalidDataException($"Events up to number {stored} are stored, and the worker begins again at {batch[0].Sequence}: the run's journal was lost or changed.");
                IReadOnlyList<WorkerEvent> events = await WithMissingAsync(lease.RunId, stored, batch);
                if (!await ingest.ApplyAsync(lease.RunId, lease.Token, log, events, CancellationToken.None))
                    return false;
                stored = batch[^1].Sequence;
            }

            return true;
        }
        finally
        {
            // Else a worker that goes on talking would block the reader for ever.
            output.Close();
        }
    }

    /// <summary>Completes a batch from the journal when lines were damaged on the way.</summary>
    private async Task<IReadOnlyList<WorkerEvent>> WithMissingAsync(Guid runId, long stored, IReadOnlyList<WorkerEvent> batch)
    {
        if (batch[^1].Sequence == stored + batch.Count)
            return batch;
        var all = new List<WorkerEvent>(batch);
        await foreach (WorkerEvent e in JournalReader.ReadAfterAsync(paths.RunFolder(runId), stored, CancellationToken.None))
        {
            if (e.Sequence >= batch[^1].Sequence)
                break;
            all.Add(e);
        }

        return all;
    }
}
