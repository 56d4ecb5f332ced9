using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Queue;

/// <summary>Leases: who trains which run on which slot.</summary>
internal sealed class SlotLeases(LabWriter writer, IDbContextFactory<LabDbContext> contexts, LabOptions options, ServerIdentity server, TimeProvider clock)
{
    /// <summary>The run that is to start next on this machine; null when none waits, or no slot takes one.</summary>
    public async Task<Guid?> NextAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await FreeSlotAsync(db, cancellationToken) is null ? null : await WaitingRuns.Of(db).Select(r => (Guid?)r.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Takes a queued run and a free slot, and moves the run to starting, in one write. Null when the run is not queued, is leased, or all slots are taken.</summary>
    public async Task<Lease?> TryTakeAsync(Guid runId, CancellationToken cancellationToken)
    {
        try
        {
            return await writer.WriteAsync(db => TakeAsync(db, runId, cancellationToken), cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another server took the run or the slot in the same moment: keys and row version let only one win.
            return null;
        }
    }

    /// <summary>Notes the worker's process, so that it can be found after this server died.</summary>
    public Task NoteWorkerAsync(Lease lease, ProcessIdentity worker, CancellationToken cancellationToken) => writer.WriteAsync(
        db => db.Leases.Where(l => l.RunId == lease.RunId && l.Token == lease.Token).ExecuteUpdateAsync(
            l => l.SetProperty(x => x.WorkerPid, worker.Pid).SetProperty(x => x.WorkerStartedAt, worker.StartedAt), cancellationToken),
        cancellationToken);

    /// <summary>Promises other machines that this server lives on.</summary>
    public Task RenewAsync(CancellationToken cancellationToken)
    {
        DateTime until = Now + ServerIdentity.LeaseTime;
        return writer.WriteAsync(
            db => db.Leases.Where(l => l.Owner == server.Owner).ExecuteUpdateAsync(l => l.SetProperty(x => x.ExpiresAt, until), cancellationToken), cancellationToken);
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private async Task<Lease?> TakeAsync(LabDbContext db, Guid runId, CancellationToken cancellationToken)
    {
        Run? run = await db.Runs.SingleOrDefaultAsync(r => r.Id == runId, cancellationToken);
        if (run is null || run.State != RunState.Queued || await db.Leases.AnyAsync(l => l.RunId == runId, cancellationToken))
            return null;
        if (await FreeSlotAsync(db, cancellationToken) is not int slot)
            return null;

        run.Attempt++;
        db.RunStateChanges.Add(run.Move(RunState.Starting, $"Attempt {run.Attempt} on slot {slot + 1} of {server.Node}.", Now).Change!);
        var lease = new Lease
        {
            RunId = runId,
            Node = server.Node,
            Slot = slot,
            Owner = server.Owner,
            Token = Guid.CreateVersion7(),
            TakenAt = Now,
            ExpiresAt = Now + ServerIdentity.LeaseTime,
        };
        db.Leases.Add(lease);
        return lease;
    }

    private async Task<int?> FreeSlotAsync(LabDbContext db, CancellationToken cancellationToken)
    {
        List<int> taken = await db.Leases.Where(l => l.Node == server.Node).Select(l => l.Slot).ToListAsync(cancellationToken);
        List<SlotHold> holds = await db.SlotHolds.AsNoTracking().ToListAsync(cancellationToken);
        return Enumerable.Range(0, options.Slots).Except(taken).Where(slot => !holds.Any(h => h.Covers(server.Node, slot))).Select(slot => (int?)slot).FirstOrDefault();
    }
}
