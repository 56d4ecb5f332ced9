using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Queue;

/// <summary>Leases: who trains which run on which slots.</summary>
internal sealed class SlotLeases(LabWriter writer, QueueReader queue, Machine machine, ActiveRuns active, ServerIdentity server, TimeProvider clock)
{
    /// <summary>Decides which run starts next on this machine, gives it its slots, and moves it to starting, in one write. Null when none can start.</summary>
    /// <param name="except">Runs that are not asked.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The lease, and the run's entry among the active ones, which was made before it: a lease of this server without an entry counts as abandoned.</returns>
    public async Task<(Lease Lease, IDisposable Entry)?> TakeNextAsync(IReadOnlyCollection<Guid> except, CancellationToken cancellationToken)
    {
        IDisposable? entry = null;
        try
        {
            Lease? lease = await writer.WriteAsync(
                async db =>
                {
                    entry?.Dispose();
                    entry = null;
                    if (await queue.DecideAsync(db, except, cancellationToken) is not var (waiting, decision) || decision.Starts.Count == 0)
                        return null;
                    var (item, slots) = decision.Starts[0];
                    Run run = await waiting[item].First(db, except).SingleAsync(cancellationToken);
                    entry = active.Enter(run.Id);
                    return Take(db, run, slots);
                },
                cancellationToken);
            if (lease is not null)
                return (lease, entry!);
        }
        catch (DbUpdateException)
        {
            // Another server took the run in the same moment: keys and row version let only one win.
        }

        entry?.Dispose();
        return null;
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

    private Lease Take(LabDbContext db, Run run, IReadOnlyList<int> slots)
    {
        run.Attempt++;
        Slot first = machine.Slots[slots[0]];
        string where = slots.Count == 1 ? $"slot {slots[0] + 1}" : $"slots {string.Join(", ", slots.Select(s => s + 1))}";
        db.RunStateChanges.Add(run.Move(RunState.Starting, $"Attempt {run.Attempt} on {where} ({first.Device}) of {server.Node}.", Now).Change!);
        var lease = new Lease
        {
            RunId = run.Id,
            Node = server.Node,
            Slots = [.. slots.Select(slot => new LeaseSlot { Node = server.Node, Slot = slot, RunId = run.Id })],
            Owner = server.Owner,
            Token = Guid.CreateVersion7(),
            TakenAt = Now,
            ExpiresAt = Now + ServerIdentity.LeaseTime,
        };
        db.Leases.Add(lease);
        return lease;
    }
}
