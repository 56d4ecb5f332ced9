namespace LrcnLab.Core.Metrics;

/// <summary>
/// What the server measures of a run's worker from outside, with every process that it started. These series go on while nothing is learned, so their
/// step does not count updates: it is the number of whole seconds since the run first started.
/// </summary>
public static class SystemMetrics
{
    public const string Prefix = "system/";

    /// <summary>Cores that the worker kept busy, such as 1.5.</summary>
    public const string CpuCores = "system/cpu_cores";

    /// <summary>Bytes that the worker holds for itself.</summary>
    public const string Memory = "system/memory_bytes";

    public const string DiskRead = "system/disk_read_bytes_per_second";
    public const string DiskWritten = "system/disk_written_bytes_per_second";

    /// <summary>Percent of the time in which something ran on the run's GPU. This and the next three are of the whole GPU, with whoever else is on it.</summary>
    public const string GpuLoad = "system/gpu_percent";

    public const string GpuMemory = "system/gpu_memory_bytes";
    public const string GpuTemperature = "system/gpu_celsius";
    public const string GpuPower = "system/gpu_watts";

    /// <summary>Watt hours of the GPU since the run first started, by the run's share of its slots.</summary>
    public const string Energy = "system/energy_wh";

    public static bool Has(string key) => key.StartsWith(Prefix, StringComparison.Ordinal);
}
