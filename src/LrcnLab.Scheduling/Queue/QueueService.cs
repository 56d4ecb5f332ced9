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
    private readonly LabOptions _options;
    private readonly RunFeed _feed;
    private readonly TimeProvider _clock;

    internal QueueService(LabWriter writer, Dispatcher dispatcher, LabOptions options, RunFeed feed, TimeProvider clock) =>
        (_writer, _dispatcher, _options, _feed, _clock) = (writer, dispatcher, options, feed, clock);

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
        if (Refusal(node, slot) is string refusal)
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
        if (Refusal(node, slot) is string refusal)
            return refusal;
        var (onNode, onSlot) = Key(node, slot);
        await _writer.WriteAsync(db => db.SlotHolds.Where(h => h.Node == onNode && h.Slot == onSlot).ExecuteDeleteAsync(cancellationToken), cancellationToken);
        _feed.Publish(Guid.Empty, RunParts.State);
        await _dispatcher.DispatchAsync(CancellationToken.None);
        return null;
    }

    private static (string Node, int Slot) Key(string? node, int? slot) => (node ?? SlotHold.AllNodes, slot ?? SlotHold.AllSlots);

    private string? Refusal(string? node, int? slot)
    {
        if (node is null && slot is not null)
            return "A slot belongs to a machine: name its node too.";
        return slot is { } number && (number < 0 || number >= _options.Slots) ? $"There is no slot {number}: this machine has the slots 0 to {_options.Slots - 1}." : null;
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
