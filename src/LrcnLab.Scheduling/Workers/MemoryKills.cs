using System.Globalization;

namespace LrcnLab.Scheduling.Workers;

/// <summary>How often the system has ended a process because memory ran out, as far as it tells.</summary>
internal static class MemoryKills
{
    private static readonly string[] Counters = ["/proc/vmstat", "/sys/fs/cgroup/memory.events"];

    /// <summary>Rises with each; of this machine and of the container that this program runs in.</summary>
    public static long Count() => Counters.Sum(Count);

    private static long Count(string file)
    {
        try
        {
            string? line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("oom_kill ", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan("oom_kill ".Length), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
