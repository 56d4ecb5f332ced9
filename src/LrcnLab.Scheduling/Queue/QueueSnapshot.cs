using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Queue;

/// <summary>What a decision about slots rests on, as it stands in the database at this moment.</summary>
/// <param name="Machine">All slots of the machine.</param>
/// <param name="Open">Numbers of those that take new runs.</param>
/// <param name="Seated">Runs that hold slots of the machine.</param>
/// <param name="Groups">What projects, experiments and sweeps occupy and may.</param>
public sealed record QueueSnapshot(IReadOnlyList<Slot> Machine, IReadOnlySet<int> Open, IReadOnlyList<SeatedRun> Seated, IReadOnlyDictionary<Guid, GroupUse> Groups)
{
    public static async Task<QueueSnapshot> ReadAsync(LabDbContext db, string node, IReadOnlyList<Slot> slots, CancellationToken cancellationToken)
    {
        List<SlotHold> holds = await db.SlotHolds.AsNoTracking().ToListAsync(cancellationToken);
        var leases = await db.Leases.Join(db.Runs, l => l.RunId, r => r.Id, (l, r) => new
        {
            l.Node,
            Slots = l.Slots.Select(s => s.Slot).ToList(),
            l.TakenAt,
            r.Id,
            r.Priority,
            r.State,
            r.SecondsLeft,
            r.ProjectId,
            r.ExperimentId,
            r.SweepId,
        }).ToListAsync(cancellationToken);
        var groups = new Dictionary<Guid, GroupUse>();
        foreach (Project p in await db.Projects.AsNoTracking().ToListAsync(cancellationToken))
            groups[p.Id] = new GroupUse($"the project \"{p.Name}\"", leases.Count(l => l.ProjectId == p.Id), p.MostRunning, leases.Where(l => l.ProjectId == p.Id).Sum(l => l.Slots.Count), p.Share);
        foreach (Experiment e in await db.Experiments.AsNoTracking().Where(e => e.MostRunning != null).ToListAsync(cancellationToken))
            groups[e.Id] = new GroupUse($"the experiment \"{e.Name}\"", leases.Count(l => l.ExperimentId == e.Id), e.MostRunning, 0);
        foreach (Sweep s in await db.Sweeps.AsNoTracking().Where(s => s.MostRunning != null).ToListAsync(cancellationToken))
            groups[s.Id] = new GroupUse($"the sweep \"{s.Name}\"", leases.Count(l => l.SweepId == s.Id), s.MostRunning, 0);
        return new QueueSnapshot(
            slots,
            slots.Select(s => s.Number).Where(slot => !holds.Any(h => h.Covers(node, slot))).ToHashSet(),
            // Also one that has ended or gone back into the queue leaves: its process has not exited yet.
            [.. leases.Where(l => l.Node == node).Select(l => new SeatedRun(l.Id, l.Priority, l.TakenAt, l.State is not (Starting or Running), l.SecondsLeft, l.Slots))],
            groups);
    }

    /// <summary>Runs that wait, those that are alike together. Ten thousand are a handful of these.</summary>
    /// <param name="db">Where they are.</param>
    /// <param name="except">Runs that are not asked.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<IReadOnlyList<WaitingKind>> WaitingAsync(LabDbContext db, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken)
    {
        // Few, and told apart first: asking for a lease run by run takes most of the time.
        Guid[] leaving = await db.Leases.Join(db.Runs, l => l.RunId, r => r.Id, (_, r) => r).Where(r => r.State == Queued).Select(r => r.Id).ToArrayAsync(cancellationToken);
        IQueryable<Run> waiting = db.Runs.Where(r => r.State == Queued);
        if (except.Count + leaving.Length > 0)
            waiting = waiting.Where(r => !except.Contains(r.Id) && !leaving.Contains(r.Id));
        var kinds = await waiting
            .GroupBy(r => new { r.Priority, r.ProjectId, r.ExperimentId, r.SweepId, r.DeviceAsked, r.SlotsAsked })
            .Select(g => new { g.Key, Order = g.Min(r => r.QueueOrder), Count = g.Count() }).ToListAsync(cancellationToken);
        return [.. kinds.Select(k => new WaitingKind(
            k.Key.ExperimentId, k.Key.SweepId, new WaitingItem(k.Key.ProjectId, GroupsOf(k.Key.ProjectId, k.Key.ExperimentId, k.Key.SweepId), k.Key.Priority, k.Order, k.Key.DeviceAsked, k.Key.SlotsAsked, k.Count)))];
    }

    /// <summary>That a run belongs to, as <see cref="WaitingItem.Groups"/>.</summary>
    public static IReadOnlyList<Guid> GroupsOf(Guid project, Guid? experiment, Guid? sweep) => [.. new[] { project, experiment, sweep }.OfType<Guid>()];

    public QueueDecision Decide(IReadOnlyList<WaitingItem> waiting) => QueueRules.Decide(waiting, Machine, Open, Seated, Groups);
}

/// <summary>Runs that are alike to the scheduler.</summary>
public sealed record WaitingKind(Guid? Experiment, Guid? Sweep, WaitingItem Item)
{
    /// <summary>The one of them whose turn it is.</summary>
    public IQueryable<Run> First(LabDbContext db, IReadOnlyCollection<Guid> except)
    {
        (Guid project, int priority, DeviceKind device, int slots) = (Item.Project, Item.Priority, Item.Device, Item.Slots);
        return WaitingRuns.Of(db).Where(r => !except.Contains(r.Id) && r.Priority == priority && r.ProjectId == project && r.ExperimentId == Experiment && r.SweepId == Sweep
            && r.DeviceAsked == device && r.SlotsAsked == slots).Take(1);
    }
}
