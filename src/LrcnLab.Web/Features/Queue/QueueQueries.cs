using LrcnLab.Core.Metrics;
using LrcnLab.Core.Models;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Queue;

/// <summary>What pages and API read of slots.</summary>
public sealed class QueueQueries(IDbContextFactory<LabDbContext> database, MetricStore metrics, LabOptions options)
{
    /// <summary>Nobody reads further ahead, and each run's model must be planned.</summary>
    private const int MostForecast = 100;

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

    /// <summary>When waiting runs are expected to start and to end on this machine, by run; absent when unknown. Reckoned from the speed that the latest run measured.</summary>
    public async Task<IReadOnlyDictionary<Guid, ExpectedTimes>> ForecastAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        List<SlotHold> holds = await db.SlotHolds.AsNoTracking().ToListAsync(cancel);
        var leaving = await db.Leases.Where(l => l.Node == Environment.MachineName).Join(db.Runs, l => l.RunId, r => r.Id, (l, r) => new { l.Slot, r.SecondsLeft }).ToDictionaryAsync(l => l.Slot, l => l.SecondsLeft, cancel);
        double?[] freeIn = [.. Enumerable.Range(0, options.Slots).Where(slot => !holds.Any(h => h.Covers(Environment.MachineName, slot))).Select(slot => leaving.TryGetValue(slot, out double? left) ? left : 0)];
        var waiting = await WaitingRuns.Of(db).Take(MostForecast).Select(r => new { r.Id, r.SpecJson, r.Classes.Count, r.Epoch, r.DatasetVersion.TrainCount, r.DatasetVersion.ValidationCount }).ToListAsync(cancel);
        if (waiting.Count == 0 || freeIn.Length == 0)
            return new Dictionary<Guid, ExpectedTimes>();

        double? speed = await SpeedAsync(db, cancel);
        var expected = QueueForecast.Of(freeIn, waiting.Select(r => speed is { } known && SpecText.Parse(r.SpecJson).Spec is { } spec
            ? QueueForecast.Seconds(spec.Training.Epochs - Math.Max(0, r.Epoch - 1), r.TrainCount, r.ValidationCount, ModelPlanner.Plan(spec, r.Count).FlopsPerClip, known)
            : (double?)null));
        return waiting.Zip(expected).Where(w => w.Second is not null).ToDictionary(w => w.First.Id, w => w.Second!.Value);
    }

    /// <summary>Forward operations of trained clips a second, of the run that began last and has measured its speed; null when none has.</summary>
    private async Task<double?> SpeedAsync(LabDbContext db, CancellationToken cancel)
    {
        var latest = await db.Runs.Where(r => r.StartedAt != null).OrderByDescending(r => r.StartedAt).Take(5).Select(r => new { r.Id, r.SpecJson, r.Classes.Count }).ToListAsync(cancel);
        Dictionary<Guid, double> speeds = (await metrics.ListAsync([.. latest.Select(r => r.Id)], cancel)).Where(s => s.Key == MetricKeys.ClipsPerSecond && s.Last.Value > 0).ToDictionary(s => s.RunId, s => s.Last.Value);
        return latest.Where(r => speeds.ContainsKey(r.Id)).Select(r => SpecText.Parse(r.SpecJson).Spec is { } spec ? speeds[r.Id] * ModelPlanner.Plan(spec, r.Count).FlopsPerClip : (double?)null).FirstOrDefault(s => s is not null);
    }
}
