using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Features.Runs;
using Microsoft.EntityFrameworkCore;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Web.Features.Queue;

/// <param name="Nodes">Machines that train, this one first.</param>
/// <param name="Running">Runs that hold slots, or should.</param>
/// <param name="Waiting">The next one first.</param>
/// <param name="Holds">What keeps new runs away.</param>
public sealed record QueueView(IReadOnlyList<NodeView> Nodes, IReadOnlyList<RunRow> Running, IReadOnlyList<WaitingRun> Waiting, IReadOnlyList<HoldAnswer> Holds);

/// <param name="Name">Of the machine.</param>
/// <param name="IsAlive">Its server was heard of lately.</param>
public sealed record NodeView(string Name, bool IsAlive, IReadOnlyList<SlotView> Slots);

/// <param name="Run">That occupies the slot; null when it is free.</param>
/// <param name="IsDrained">It takes no new run, because of a hold of the slot or of its machine.</param>
public sealed record SlotView(Slot Slot, Guid? Run, bool IsDrained);

/// <param name="WaitsFor">In words; null when it starts this moment.</param>
/// <param name="Expected">When it starts and ends, if nothing changes; null when nobody can tell.</param>
public sealed record WaitingRun(RunRow Run, string? WaitsFor, ExpectedTimes? Expected);

/// <summary>What pages and API read of queue and slots.</summary>
public sealed class QueueQueries(IDbContextFactory<LabDbContext> database, RunQueries runs, RunDurations durations, Machine machine, TimeProvider clock)
{
    /// <summary>Nobody reads further ahead, and each run's model must be planned.</summary>
    private const int MostForecast = 100;

    /// <param name="take">Waiting runs at most.</param>
    /// <param name="cancel">Ends the reading.</param>
    public async Task<QueueView> ReadAsync(int take, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        List<SlotHold> holds = await db.SlotHolds.AsNoTracking().OrderBy(h => h.Node).ThenBy(h => h.Slot).ToListAsync(cancel);
        IReadOnlyList<NodeView> nodes = await NodesAsync(db, holds, cancel);
        IReadOnlyList<RunRow> running = await runs.ListAsync([Starting, Running, Pausing, Stopping], take, cancel);
        return new QueueView(
            nodes, running, await WaitingAsync(db, running, holds, take, cancel),
            [.. holds.Select(h => new HoldAnswer(h.Node == SlotHold.AllNodes ? null : h.Node, h.Slot == SlotHold.AllSlots ? null : h.Slot, h.Since))]);
    }

    /// <summary>Machines and their slots, this one first.</summary>
    public async Task<IReadOnlyList<NodeView>> NodesAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await NodesAsync(db, await db.SlotHolds.AsNoTracking().ToListAsync(cancel), cancel);
    }

    private async Task<IReadOnlyList<NodeView>> NodesAsync(LabDbContext db, List<SlotHold> holds, CancellationToken cancel)
    {
        DateTime since = clock.GetUtcNow().UtcDateTime - Nodes.Lost;
        List<LeaseSlot> taken = await db.LeaseSlots.AsNoTracking().ToListAsync(cancel);
        List<Node> nodes = await db.Nodes.AsNoTracking().OrderByDescending(n => n.Name == machine.Node).ThenBy(n => n.Name).ToListAsync(cancel);
        return [.. nodes.Select(n => new NodeView(
            n.Name, n.Name == machine.Node || n.SeenAt > since,
            [.. n.Slots.Select(s => new SlotView(s, taken.FirstOrDefault(t => t.Node == n.Name && t.Slot == s.Number)?.RunId, holds.Any(h => h.Node != SlotHold.AllNodes && h.Covers(n.Name, s.Number))))]))];
    }

    private async Task<IReadOnlyList<WaitingRun>> WaitingAsync(LabDbContext db, IReadOnlyList<RunRow> running, List<SlotHold> holds, int take, CancellationToken cancel)
    {
        var waiting = await WaitingRuns.Of(db).Take(take).Select(r => new { r.Id, r.ProjectId, r.ExperimentId, r.SweepId, r.Priority, r.QueueOrder, r.DeviceAsked, r.SlotsAsked }).ToListAsync(cancel);
        if (waiting.Count == 0)
            return [];
        QueueSnapshot snapshot = await QueueSnapshot.ReadAsync(db, machine.Node, machine.Slots, cancel);
        WaitingItem[] items = [.. waiting.Select(r => new WaitingItem(
            r.ProjectId, QueueSnapshot.GroupsOf(r.ProjectId, r.ExperimentId, r.SweepId), r.Priority, r.QueueOrder, r.DeviceAsked, r.SlotsAsked))];
        IReadOnlyList<int> order = QueueLine.Order(items, snapshot.Groups);
        Guid[] nearest = [.. order.Take(MostForecast).Select(i => waiting[i].Id)];
        var seconds = await durations.OfAsync(db, db.Runs.Where(r => nearest.Contains(r.Id)), cancel);
        for (int i = 0; i < items.Length; i++)
            items[i] = items[i] with { Seconds = seconds.GetValueOrDefault(waiting[i].Id) };

        IReadOnlyList<string?> waits = QueueWords.Of(order, items, snapshot, [.. running.Where(r => r.State is Pausing or Stopping).Select(r => r.Name)], holds.Any(h => h.Node == SlotHold.AllNodes), machine.IsKnown);
        IReadOnlyList<ExpectedTimes?> expected = Forecast([.. order.Take(MostForecast).Select(i => items[i])], snapshot);
        Dictionary<Guid, RunRow> rows = (await runs.FindAsync([.. waiting.Select(w => w.Id)], cancel)).ToDictionary(r => r.Id);
        return [.. order.Select((i, place) => (Run: rows.GetValueOrDefault(waiting[i].Id), WaitsFor: waits[i], Expected: expected.ElementAtOrDefault(place)))
            .Where(w => w.Run is not null).Select(w => new WaitingRun(w.Run!, w.WaitsFor, w.Expected))];
    }

    private static IReadOnlyList<ExpectedTimes?> Forecast(IReadOnlyList<WaitingItem> next, QueueSnapshot snapshot)
    {
        var freeIn = snapshot.Machine.Where(s => snapshot.Open.Contains(s.Number))
            .Select(s => (s.Kind, snapshot.Seated.FirstOrDefault(r => r.Slots.Contains(s.Number)) is { } run ? run.SecondsLeft : 0));
        return QueueForecast.Of(freeIn, next.Select(i => (Slot.KindOn(snapshot.Machine, i.Device), i.Slots, i.Seconds)));
    }
}
