using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Queue;

/// <summary>Reads the queue and decides about the slots of this machine.</summary>
internal sealed class QueueReader(Machine machine, RunDurations durations)
{
    /// <param name="db">Where the queue is.</param>
    /// <param name="except">Runs that are not asked.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null when no slot takes runs, or nothing waits.</returns>
    public async Task<(IReadOnlyList<WaitingKind> Waiting, QueueDecision Decision)?> DecideAsync(LabDbContext db, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken)
    {
        if (machine.Slots.Count == 0)
            return null;
        IReadOnlyList<WaitingKind> waiting = await QueueSnapshot.WaitingAsync(db, except, cancellationToken);
        if (waiting.Count == 0)
            return null;
        QueueSnapshot snapshot = await QueueSnapshot.ReadAsync(db, machine.Node, machine.Slots, cancellationToken);
        if (snapshot.Open.Count == 0)
            return null;
        // Only behind a run that waits for several slots does it matter how long another one takes.
        if (waiting.Count > 1 && waiting.Any(w => w.Item.Slots > 1))
            waiting = await WithSecondsAsync(db, waiting, except, cancellationToken);
        return (waiting, snapshot.Decide([.. waiting.Select(w => w.Item)]));
    }

    private async Task<IReadOnlyList<WaitingKind>> WithSecondsAsync(LabDbContext db, IReadOnlyList<WaitingKind> waiting, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken)
    {
        var timed = new List<WaitingKind>(waiting.Count);
        foreach (WaitingKind kind in waiting)
        {
            double? seconds = (await durations.OfAsync(db, kind.First(db, except), cancellationToken)).Values.SingleOrDefault();
            timed.Add(kind with { Item = kind.Item with { Seconds = seconds } });
        }

        return timed;
    }
}
