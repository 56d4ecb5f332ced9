using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Queue;

/// <summary>What pages and API read of slots.</summary>
public sealed class QueueQueries(IDbContextFactory<LabDbContext> database)
{
    /// <summary>What keeps new runs away from slots.</summary>
    public async Task<IReadOnlyList<HoldAnswer>> HoldsAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        List<SlotHold> holds = await db.SlotHolds.AsNoTracking().OrderBy(h => h.Node).ThenBy(h => h.Slot).ToListAsync(cancel);
        return [.. holds.Select(h => new HoldAnswer(h.Node == SlotHold.AllNodes ? null : h.Node, h.Slot == SlotHold.AllSlots ? null : h.Slot, h.Since))];
    }

    /// <summary>Runs on the slots of this machine, by slot.</summary>
    public async Task<IReadOnlyDictionary<int, Guid>> OccupiedAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Leases.AsNoTracking().Where(l => l.Node == Environment.MachineName).ToDictionaryAsync(l => l.Slot, l => l.RunId, cancel);
    }
}
