using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>What happens when no worker of a run lives any more.</summary>
internal sealed class RunEnding(RunIngest ingest, LabWriter writer, IDbContextFactory<LabDbContext> contexts, LabPaths paths, RunFeed feed, TimeProvider clock)
{
    private const int JournalBatch = 500;

    /// <summary>Stores what the journal has and the database does not: events that were on the way when somebody died.</summary>
    public async Task DrainAsync(Lease lease, RunLogWriter log, CancellationToken cancellationToken)
    {
        long stored;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            stored = await db.Runs.Where(r => r.Id == lease.RunId).Select(r => r.LastSequence).SingleAsync(cancellationToken);
        var batch = new List<WorkerEvent>(JournalBatch);
        await foreach (WorkerEvent e in JournalReader.ReadAfterAsync(paths.RunFolder(lease.RunId), stored, cancellationToken))
        {
            batch.Add(e);
            if (batch.Count < JournalBatch)
                continue;
            await ingest.ApplyAsync(lease.RunId, lease.Token, log, batch, cancellationToken);
            batch.Clear();
        }

        await ingest.ApplyAsync(lease.RunId, lease.Token, log, batch, cancellationToken);
    }

    /// <summary>Gives the slot back and, in the same write, moves the run where it belongs unless it has ended already.</summary>
    /// <param name="lease">Under which it ends.</param>
    /// <param name="moves">From the run as it stands to the moves it makes.</param>
    /// <param name="lastSeen">When its server was last heard of, if that is gone: what came after was no time on the slots.</param>
    public async Task EndAsync(Lease lease, Func<Run, IEnumerable<(RunState State, string Cause)>> moves, DateTime? lastSeen = null)
    {
        // No token: a slot must be given back even while the program stops.
        await writer.WriteAsync(
            async db =>
            {
                Lease? held = await db.Leases.SingleOrDefaultAsync(l => l.RunId == lease.RunId && l.Token == lease.Token);
                if (held is null)
                    return;
                db.Leases.Remove(held);
                Run run = await db.Runs.SingleAsync(r => r.Id == lease.RunId);
                run.SecondsOnSlots += Math.Max(0, ((lastSeen ?? clock.GetUtcNow().UtcDateTime) - held.TakenAt).TotalSeconds);
                if (!run.State.IsActive())
                    return;
                foreach (var (state, cause) in moves(run))
                {
                    var (change, refusal) = run.Move(state, cause, clock.GetUtcNow().UtcDateTime);
                    db.RunStateChanges.Add(change ?? throw new InvalidOperationException(refusal));
                }

                if (run.ReturnToQueue(clock.GetUtcNow().UtcDateTime) is { } back)
                    db.RunStateChanges.Add(back);
            },
            CancellationToken.None);
        RemoveLeftovers(lease.RunId);
        feed.Publish(lease.RunId, RunParts.State | RunParts.Progress);
    }

    /// <summary>Announced files are in the artifact store by now; what is still here was never finished or never announced.</summary>
    private void RemoveLeftovers(Guid runId)
    {
        foreach (string folder in (string[])[WorkerProtocol.CheckpointFolder, "predictions"])
        {
            string path = Path.Combine(paths.RunFolder(runId), folder);
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
    }
}
