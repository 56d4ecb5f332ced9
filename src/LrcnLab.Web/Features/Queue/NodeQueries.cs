using LrcnLab.Core.Machines;
using LrcnLab.Core.Metrics;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Queue;

/// <param name="Time">UTC.</param>
/// <param name="Keys">Series of its last day that can be asked for.</param>
public sealed record UsageView(DateTime Time, MachineUsage Usage, IReadOnlyList<string> Keys);

/// <summary>How busy machines are and were, for pages and API.</summary>
public sealed class NodeQueries(IDbContextFactory<LabDbContext> database, LabOptions options)
{
    /// <summary>The latest of each machine that was measured within the last day.</summary>
    public async Task<IReadOnlyDictionary<string, UsageView>> LatestAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var found = new Dictionary<string, UsageView>();
        foreach (string node in await db.Nodes.Select(n => n.Name).ToListAsync(cancel))
        {
            if (await db.NodeSamples.AsNoTracking().Where(s => s.Node == node).OrderByDescending(s => s.Time).FirstOrDefaultAsync(cancel) is { } latest)
                found[node] = new UsageView(latest.Time, latest.Usage, MachineSeries.Keys(latest.Usage));
        }

        return found;
    }

    /// <summary>Null when there is no such machine.</summary>
    public async Task<MachineTotals?> LastDayAsync(string node, CancellationToken cancel) =>
        await HistoryAsync(node, cancel) is { } history ? MachineTotals.Of(history, 3 * options.SystemMetricsInterval) : null;

    /// <summary>The last day of one measure, thinned; steps count seconds since its beginning. Null when there is no such machine.</summary>
    /// <param name="node">Name of the machine.</param>
    /// <param name="key">Of <see cref="MachineSeries"/>.</param>
    /// <param name="points">About how many to return at most, from 4.</param>
    /// <param name="cancel">Ends the reading.</param>
    public async Task<MetricSeriesData?> SeriesAsync(string node, string key, int points, CancellationToken cancel)
    {
        if (MachineSeries.Find(key) is not { } read || await HistoryAsync(node, cancel) is not { } history)
            return null;
        var all = history.Select(h => (h.Time, Value: read(h.Usage))).Where(h => h.Value is not null).Select(h => (h.Time, h.Value!.Value)).ToList();
        IReadOnlyList<int> kept = Thinning.Select(all.Select(a => a.Value).ToArray(), points);
        return new MetricSeriesData(
            key, all.Count, [.. kept.Select(i => (long)(all[i].Time - all[0].Time).TotalSeconds)], new double[kept.Count],
            [.. kept.Select(i => (long)(all[i].Time - DateTime.UnixEpoch).TotalMilliseconds)], [.. kept.Select(i => all[i].Value)]);
    }

    private async Task<List<(DateTime Time, MachineUsage Usage)>?> HistoryAsync(string node, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        if (!await db.Nodes.AnyAsync(n => n.Name == node, cancel))
            return null;
        List<NodeSample> samples = await db.NodeSamples.AsNoTracking().Where(s => s.Node == node).OrderBy(s => s.Time).ToListAsync(cancel);
        return [.. samples.Select(s => (s.Time, s.Usage))];
    }
}
