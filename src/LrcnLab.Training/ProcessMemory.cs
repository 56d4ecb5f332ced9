using System.Globalization;

namespace LrcnLab.Training;

/// <summary>What this process holds for itself.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes of resident memory, on Linux without files that are mapped: prepared frames in memory cost nobody anything, as the system takes their room back when it needs it.</summary>
    public static long Bytes
    {
        get
        {
            if (!OperatingSystem.IsLinux())
                return Environment.WorkingSet;
            string[] pages = File.ReadAllText("/proc/self/statm").Split(' '); // size, resident, shared, …
            return (long.Parse(pages[1], CultureInfo.InvariantCulture) - long.Parse(pages[2], CultureInfo.InvariantCulture)) * Environment.SystemPageSize;
        }
    }

    /// <summary>The most that this process ever held, on Linux with mapped files; 0 where nobody can say.</summary>
    public static long PeakBytes
    {
        get
        {
            if (!OperatingSystem.IsLinux())
                return 0;
            string line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)) ?? "";
            return line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kibibytes, ..] && long.TryParse(kibibytes, CultureInfo.InvariantCulture, out long value) ? value << 10 : 0;
        }
    }
}
