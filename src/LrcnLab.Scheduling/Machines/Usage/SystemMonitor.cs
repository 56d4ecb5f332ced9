using LrcnLab.Core.Machines;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Machines.Usage;

/// <summary>
/// Measures this machine and the workers of this server every few seconds, from outside: a worker need not help, and nothing that fails here reaches it.
/// </summary>
internal sealed class SystemMonitor(
    Machine machine, ServerIdentity server, NvidiaSmi nvidia, MetricStore metrics, LabWriter writer, IDbContextFactory<LabDbContext> contexts,
    RunFeed feed, LabOptions options, LabPaths paths, TimeProvider clock, ILogger<SystemMonitor> logger) : BackgroundService
{
    /// <summary>For so long a machine's history is kept.</summary>
    public static readonly TimeSpan History = TimeSpan.FromDays(1);

    private readonly Dictionary<Guid, RunMeter> _meters = [];
    private (long Busy, long Total, int Cores)? _cpu;
    private DateTime _forgotAt;
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.SystemMetricsInterval == TimeSpan.Zero)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (machine.IsKnown)
                    await MeasureAsync(stoppingToken);
                _failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A full disk fails every time; once is enough to say.
                logger.Log(_failing ? LogLevel.Debug : LogLevel.Warning, e, "Measuring this machine failed; trying again");
                _failing = true;
            }

            await Task.Delay(options.SystemMetricsInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Measures once.</summary>
    internal async Task MeasureAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<GpuUsage> gpus = await nvidia.AskAsync(cancellationToken);
        DateTime now = clock.GetUtcNow().UtcDateTime;
        await MeasureRunsAsync(gpus, now, cancellationToken);
        await MeasureMachineAsync(gpus, now, cancellationToken);
    }

    private async Task MeasureRunsAsync(IReadOnlyList<GpuUsage> gpus, DateTime now, CancellationToken cancellationToken)
    {
        List<MeasuredRun> runs = await RunsAsync(cancellationToken);
        foreach (Guid ended in _meters.Keys.Except(runs.Select(r => r.Id)).ToList())
            _meters.Remove(ended);
        if (runs.Count == 0)
            return;
        ProcessTree processes = ProcessTree.Read();
        foreach (MeasuredRun run in runs)
        {
            // Nothing of a worker that is gone, or of another process that has its number by now.
            if (!new ProcessIdentity(run.Pid, run.WorkerStartedAt).IsAlive() || processes.Of(run.Pid) is not { } usage)
                continue;
            if (!_meters.TryGetValue(run.Id, out RunMeter? meter))
                _meters[run.Id] = meter = new RunMeter(await EnergyAsync(run.Id, cancellationToken));
            Slot[] slots = [.. run.Slots.Where(s => s < machine.Slots.Count).Select(s => machine.Slots[s])];
            var values = meter.Take(now, usage, Gpu(slots, gpus), Share(slots), 3 * options.SystemMetricsInterval);
            long second = (long)(now - run.StartedAt).TotalSeconds;
            await metrics.WriteAsync(run.Id, [.. values.Select(v => new MetricSample(v.Key, new MetricPoint(second, run.Epoch, now, v.Value)))], cancellationToken);
            feed.Publish(run.Id, RunParts.System);
        }
    }

    private async Task<List<MeasuredRun>> RunsAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        var held = await (from l in db.Leases.AsNoTracking()
                          where l.Owner == server.Owner && l.WorkerPid != null && l.WorkerStartedAt != null
                          join r in db.Runs on l.RunId equals r.Id
                          select new { r.Id, r.StartedAt, r.Epoch, l.TakenAt, l.WorkerPid, l.WorkerStartedAt, Slots = l.Slots.Select(s => s.Slot).ToList() }).ToListAsync(cancellationToken);
        return [.. held.Select(h => new MeasuredRun(h.Id, h.StartedAt ?? h.TakenAt, h.Epoch, h.WorkerPid!.Value, h.WorkerStartedAt!.Value, h.Slots))];
    }

    private async Task<double> EnergyAsync(Guid run, CancellationToken cancellationToken) =>
        (await metrics.ListAsync(run, cancellationToken)).FirstOrDefault(s => s.Key == SystemMetrics.Energy)?.Last.Value ?? 0;

    private static GpuUsage? Gpu(Slot[] slots, IReadOnlyList<GpuUsage> gpus)
    {
        if (slots.Length == 0 || slots[0].Kind != DeviceKind.Cuda)
            return null;
        string name = WorkerCommand.GpuOf(slots[0]);
        return gpus.FirstOrDefault(g => $"{g.Index}" == name || (name.StartsWith("GPU-", StringComparison.Ordinal) && g.Uuid.StartsWith(name, StringComparison.Ordinal)));
    }

    /// <summary>Of its device.</summary>
    private double Share(Slot[] slots) => slots.Length == 0 ? 1 : (double)slots.Length / machine.Slots.Count(s => s.Device == slots[0].Device);

    private async Task MeasureMachineAsync(IReadOnlyList<GpuUsage> gpus, DateTime now, CancellationToken cancellationToken)
    {
        (long Busy, long Total, int Cores)? cpu = MachineCounters.Cpu();
        double? cores = cpu is { } after && _cpu is { } before && after.Total > before.Total ? (double)(after.Busy - before.Busy) / (after.Total - before.Total) * after.Cores : null;
        _cpu = cpu;
        var memory = MachineCounters.Memory();
        var disk = MachineCounters.Disk(paths);
        await writer.WriteAsync(
            async db =>
            {
                int busy = await db.LeaseSlots.CountAsync(s => s.Node == machine.Node, cancellationToken);
                var usage = new MachineUsage(cores, cpu?.Cores ?? Environment.ProcessorCount, memory?.Used, memory?.Total, disk?.Free, disk?.Total, busy, gpus);
                db.NodeSamples.Add(new NodeSample { Node = machine.Node, Time = now, Usage = usage });
                if (now - _forgotAt < TimeSpan.FromMinutes(10))
                    return;
                DateTime old = now - History;
                await db.NodeSamples.Where(s => s.Time < old).ExecuteDeleteAsync(cancellationToken);
                _forgotAt = now;
            },
            cancellationToken);
    }

    private sealed record MeasuredRun(Guid Id, DateTime StartedAt, int Epoch, int Pid, DateTime WorkerStartedAt, List<int> Slots);
}
