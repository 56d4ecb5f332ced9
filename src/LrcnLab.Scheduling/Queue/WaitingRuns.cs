using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;

namespace LrcnLab.Scheduling.Queue;

/// <summary>The queue: runs that wait for a slot, the next one first. It is read from the runs themselves; nothing else keeps an order.</summary>
public static class WaitingRuns
{
    public static IQueryable<Run> Of(LabDbContext db) => db.Runs
        .Where(r => r.State == RunState.Queued && !db.Leases.Any(l => l.RunId == r.Id))
        .OrderByDescending(r => r.Priority).ThenBy(r => r.QueueOrder).ThenBy(r => r.Id);
}
