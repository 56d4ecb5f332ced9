using System.Globalization;
using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Machines.Usage;

/// <summary>Processor, memory and disk of the whole machine, where the system shows them.</summary>
internal static class MachineCounters
{
    /// <summary>Time of all cores since the machine started, in ticks: busy and in total. Null without Linux.</summary>
    public static (long Busy, long Total, int Cores)? Cpu() => TryRead("/proc/stat") is { } stat ? ParseCpu(stat) : null;

    /// <summary>Bytes in use and in total.</summary>
    public static (long Used, long Total)? Memory() => TryRead("/proc/meminfo") is { } text ? ParseMemory(text) : null;

    /// <summary>Bytes free for this program and in total.</summary>
    public static (long Free, long Total)? Disk(LabPaths paths)
    {
        try
        {
            var drive = new DriveInfo(paths.DataDirectory);
            return (drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The first line counts user, nice, system, idle, iowait, irq, softirq and steal; guests are in user already.</summary>
    public static (long Busy, long Total, int Cores)? ParseCpu(string stat)
    {
        string[] lines = [.. stat.Split('\n').TakeWhile(l => l.StartsWith("cpu", StringComparison.Ordinal))];
        if (lines.Length == 0)
            return null;
        long[] times = [.. lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(f => long.TryParse(f, CultureInfo.InvariantCulture, out long t) ? t : 0)];
        if (times.Length < 8)
            return null;
        // What a virtual machine was not given is no work of this machine.
        long total = times.Sum(), idle = times[3] + times[4] + times[7];
        return (total - idle, total, lines.Length - 1);
    }

    public static (long Used, long Total)? ParseMemory(string meminfo)
    {
        long? Entry(string name) => meminfo.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan(name.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture, out long kibibytes) ? kibibytes << 10 : null;
        return Entry("MemTotal:") is long total && Entry("MemAvailable:") is long available ? (total - available, total) : null;
    }

    private static string? TryRead(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
