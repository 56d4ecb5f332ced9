using LrcnLab.Core.Machines;
using LrcnLab.Core.Metrics;

namespace LrcnLab.Scheduling.Machines.Usage;

/// <summary>Turns what one worker has used since it began into what it uses now, by <see cref="SystemMetrics"/>.</summary>
/// <param name="energyWh">That earlier attempts of the run used.</param>
internal sealed class RunMeter(double energyWh)
{
    private (DateTime Time, TreeUsage Usage)? _before;
    private double _energyWh = energyWh;

    /// <param name="now">UTC, later than before.</param>
    /// <param name="usage">Of the worker and all that it started.</param>
    /// <param name="gpu">That it trains on, if any.</param>
    /// <param name="share">Of the GPU that is the run's, from 0 to 1.</param>
    /// <param name="longestGap">If more time went by, nobody measured, and its energy is not known.</param>
    /// <returns>What can be said, by key.</returns>
    public IReadOnlyDictionary<string, double> Take(DateTime now, TreeUsage usage, GpuUsage? gpu, double share, TimeSpan longestGap)
    {
        var values = new Dictionary<string, double>();
        if (_before is var (time, before) && now > time)
        {
            double seconds = (now - time).TotalSeconds;
            Put(values, SystemMetrics.CpuCores, (usage.CpuTime - before.CpuTime)?.TotalSeconds / seconds);
            Put(values, SystemMetrics.DiskRead, (usage.ReadBytes - before.ReadBytes) / seconds);
            Put(values, SystemMetrics.DiskWritten, (usage.WrittenBytes - before.WrittenBytes) / seconds);
            if (gpu?.Watts is double watts && now - time <= longestGap)
                _energyWh += watts * share * seconds / 3600;
        }

        Put(values, SystemMetrics.Memory, usage.MemoryBytes);
        Put(values, SystemMetrics.GpuLoad, gpu?.Percent);
        Put(values, SystemMetrics.GpuMemory, gpu?.MemoryBytes);
        Put(values, SystemMetrics.GpuTemperature, gpu?.Celsius);
        Put(values, SystemMetrics.GpuPower, gpu?.Watts);
        if (gpu?.Watts is not null)
            values[SystemMetrics.Energy] = _energyWh;
        _before = (now, usage);
        return values;
    }

    /// <summary>A process that ended without being waited for takes its share of the sums with it: never less than nothing.</summary>
    private static void Put(Dictionary<string, double> values, string key, double? value)
    {
        if (value is double known)
            values[key] = Math.Max(0, known);
    }
}
