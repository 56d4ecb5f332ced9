using System.Globalization;

namespace LrcnLab.Core.Machines;

/// <summary>The history of a machine as series, by key: <c>cpu_cores</c>, <c>gpu0_percent</c> and so on.</summary>
public static class MachineSeries
{
    private static readonly (string Key, Func<MachineUsage, double?> Of)[] Machine =
    [
        ("cpu_cores", u => u.CpuCores),
        ("memory_bytes", u => u.MemoryBytes),
        ("disk_free_bytes", u => u.DiskFreeBytes),
        ("slots_busy", u => u.SlotsBusy),
    ];

    private static readonly (string Key, Func<GpuUsage, double?> Of)[] Gpu =
    [
        ("percent", g => g.Percent),
        ("memory_bytes", g => g.MemoryBytes),
        ("celsius", g => g.Celsius),
        ("watts", g => g.Watts),
    ];

    /// <summary>Keys of which this machine has values.</summary>
    public static IReadOnlyList<string> Keys(MachineUsage usage) =>
    [
        .. Machine.Where(m => m.Of(usage) is not null).Select(m => m.Key),
        .. usage.Gpus.SelectMany(g => Gpu.Where(m => m.Of(g) is not null).Select(m => string.Create(CultureInfo.InvariantCulture, $"gpu{g.Index}_{m.Key}"))),
    ];

    /// <summary>How to read the values of a key; null when there is no such key.</summary>
    public static Func<MachineUsage, double?>? Find(string key)
    {
        if (Machine.FirstOrDefault(m => m.Key == key) is { Key: not null } own)
            return own.Of;
        int rest = key.IndexOf('_', StringComparison.Ordinal);
        if (rest < 4 || !key.StartsWith("gpu", StringComparison.Ordinal) || !int.TryParse(key.AsSpan(3, rest - 3), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            return null;
        return Gpu.FirstOrDefault(m => m.Key == key[(rest + 1)..]) is { Key: not null } of
            ? u => u.Gpus.FirstOrDefault(g => g.Index == index) is { } gpu ? of.Of(gpu) : null
            : null;
    }
}
