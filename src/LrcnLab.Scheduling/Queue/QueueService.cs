using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Queue;

/// <summary>What people ask of the queue. Each answers null, or the refusal in words.</summary>
public sealed class QueueService
{
    private readonly LabWriter _writer;
    private readonly Dispatcher _dispatcher;
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly RunFeed _feed;
    private readonly TimeProvider _clock;

    internal QueueService(LabWriter writer, Dispatcher dispatcher, IDbContextFactory<LabDbContext> contexts, RunFeed feed, TimeProvider clock) =>
        (_writer, _dispatcher, _contexts, _feed, _clock) = (writer, dispatcher, contexts, feed, clock);

    /// <summary>Of a run that has not ended. One that runs keeps its slot as long as nobody with a higher priority wants it.</summary>
    public Task<string?> SetPriorityAsync(Guid runId, int priority, CancellationToken cancellationToken) => ChangeAsync(
        runId,
        (_, run) =>
        {
            string? refusal = QueuePlace.Refusal(priority) ?? (run.State.IsEnd() ? $"The run is {run.State.Word()}: a priority is of use to runs that wait or run." : null);
            if (refusal is null)
                run.Priority = priority;
            return Task.FromResult(refusal);
        },
        cancellationToken);

    /// <summary>Puts a waiting run before another, or at the end. Between runs of other priorities it takes the nearest of theirs.</summary>
    /// <param name="runId">The run to move.</param>
    /// <param name="before">A waiting run; null for the end.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task<string?> MoveBeforeAsync(Guid runId, Guid? before, CancellationToken cancellationToken) => ChangeAsync(
        runId,
        async (db, run) =>
        {
            var others = await WaitingRuns.Of(db).Where(r => r.Id != runId).Select(r => new { r.Id, r.Priority, r.QueueOrder }).ToListAsync(cancellationToken);
            if (run.State != RunState.Queued)
                return $"The run is {run.State.Word()}: only runs that wait can be moved in the queue.";
            int at = before is null ? others.Count : others.FindIndex(o => o.Id == before);
            if (at < 0)
                return before == runId ? null : $"The run {before} does not wait.";
            QueuePlace? Place(int i) => i >= 0 && i < others.Count ? new QueuePlace(others[i].Priority, others[i].QueueOrder) : null;
            (run.Priority, run.QueueOrder) = new QueuePlace(run.Priority, run.QueueOrder).Between(Place(at - 1), Place(at));
            return null;
        },
        cancellationToken);

    /// <summary>Keeps new runs away: from all slots of all machines, of one machine, or from one slot.</summary>
    /// <param name="node">A machine; null for all.</param>
    /// <param name="slot">From 0; null for all.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<string?> HoldAsync(string? node, int? slot, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(node, slot, cancellationToken) is string refusal)
            return refusal;
        var (onNode, onSlot) = Key(node, slot);
        await _writer.WriteAsync(
            async db =>
            {
                if (await db.SlotHolds.FindAsync([onNode, onSlot], cancellationToken) is null)
                    db.SlotHolds.Add(new SlotHold { Node = onNode, Slot = onSlot, Since = _clock.GetUtcNow().UtcDateTime });
            },
            cancellationToken);
        _feed.Publish(Guid.Empty, RunParts.State);
        return null;
    }

    /// <summary>Takes a hold away again; waiting runs start at once.</summary>
    /// <inheritdoc cref="HoldAsync"/>
    public async Task<string?> ReleaseAsync(string? node, int? slot, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(node, slot, cancellationToken) is string refusal)
            return refusal;
        var (onNode, onSlot) = Key(node, slot);
        await _writer.WriteAsync(db => db.SlotHolds.Where(h => h.Node == onNode && h.Slot == onSlot).ExecuteDeleteAsync(cancellationToken), cancellationToken);
        _feed.Publish(Guid.Empty, RunParts.State);
        await _dispatcher.DispatchAsync(CancellationToken.None);
        return null;
    }

    private static (string Node, int Slot) Key(string? node, int? slot) => (node ?? SlotHold.AllNodes, slot ?? SlotHold.AllSlots);

    private async Task<string?> RefusalAsync(string? node, int? slot, CancellationToken cancellationToken)
    {
        if (node is null)
            return slot is null ? null : "A slot belongs to a machine: name its node too.";
        await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
        Node? known = await db.Nodes.AsNoTracking().SingleOrDefaultAsync(n => n.Name == node, cancellationToken);
        if (known is null)
            return $"There is no machine \"{node}\": known are {string.Join(", ", await db.Nodes.Select(n => n.Name).ToListAsync(cancellationToken))}.";
        return slot is { } number && known.Slots.All(s => s.Number != number) ? $"There is no slot {number}: {node} has {(known.Slots.Count == 0 ? "none" : $"the slots 0 to {known.Slots.Count - 1}")}." : null;
    }

    private async Task<string?> ChangeAsync(Guid runId, Func<LabDbContext, Run, Task<string?>> change, CancellationToken cancellationToken)
    {
        string? refusal = await _writer.WriteAsync(
            async db => await db.Runs.SingleOrDefaultAsync(r => r.Id == runId, cancellationToken) is { } run ? await change(db, run) : $"There is no run {runId}.", cancellationToken);
        if (refusal is not null)
            return refusal;
        _feed.Publish(runId, RunParts.State);
        await _dispatcher.DispatchAsync(CancellationToken.None);
        return null;
    }
}
