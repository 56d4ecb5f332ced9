using LrcnLab.Core.Metrics;
using LrcnLab.Core.Models;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Queue;

/// <summary>How long waiting runs will take, reckoned from the speed that the latest run measured.</summary>
public sealed class RunDurations(MetricStore metrics)
{
    /// <returns>Seconds for each run; null for those of which nobody can tell.</returns>
    public async Task<IReadOnlyDictionary<Guid, double?>> OfAsync(LabDbContext db, IQueryable<Run> runs, CancellationToken cancellationToken)
    {
        var asked = await runs.Select(r => new { r.Id, r.SpecJson, r.Classes.Count, r.Epoch, r.Epochs, r.DatasetVersion.TrainCount, r.DatasetVersion.ValidationCount }).ToListAsync(cancellationToken);
        double? speed = asked.Count == 0 ? null : await SpeedAsync(db, cancellationToken);
        return asked.ToDictionary(r => r.Id, r => speed is { } known && SpecText.Parse(r.SpecJson).Spec is { } spec
            ? QueueForecast.Seconds(r.Epochs - Math.Max(0, r.Epoch - 1), r.TrainCount, r.ValidationCount, ModelPlanner.Plan(spec, r.Count).FlopsPerClip, known)
            : (double?)null);
    }

    /// <summary>Forward operations of trained clips a second, of the run that began last and has measured its speed; null when none has.</summary>
    private async Task<double?> SpeedAsync(LabDbContext db, CancellationToken cancellationToken)
    {
        var latest = await db.Runs.Where(r => r.StartedAt != null).OrderByDescending(r => r.StartedAt).Take(5).Select(r => new { r.Id, r.SpecJson, r.Classes.Count }).ToListAsync(cancellationToken);
        Dictionary<Guid, double> speeds = (await metrics.ListAsync([.. latest.Select(r => r.Id)], cancellationToken)).Where(s => s.Key == MetricKeys.ClipsPerSecond && s.Last.Value > 0).ToDictionary(s => s.RunId, s => s.Last.Value);
        return latest.Where(r => speeds.ContainsKey(r.Id)).Select(r => SpecText.Parse(r.SpecJson).Spec is { } spec ? speeds[r.Id] * ModelPlanner.Plan(spec, r.Count).FlopsPerClip : (double?)null).FirstOrDefault(s => s is not null);
    }
}
