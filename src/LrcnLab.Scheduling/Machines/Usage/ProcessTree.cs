using System.Diagnostics;
using System.Globalization;
using LrcnLab.Scheduling.Workers;

namespace LrcnLab.Scheduling.Machines.Usage;

/// <summary>What a process and all that it started have used since they began. What the system does not say is null.</summary>
/// <param name="CpuTime">Of all threads, those of ended children included.</param>
/// <param name="MemoryBytes">Held now, without pages of files.</param>
/// <param name="ReadBytes">From disks.</param>
/// <param name="WrittenBytes">To disks.</param>
internal sealed record TreeUsage(TimeSpan? CpuTime, long? MemoryBytes, long? ReadBytes, long? WrittenBytes);

/// <summary>The processes of this machine and who started whom.</summary>
internal sealed class ProcessTree
{
    // USER_HZ, which Linux has kept at 100 for programs on every platform that .NET runs on.
    private const double TicksPerSecond = 100;

    private readonly ILookup<int, int> _children;
    private readonly Dictionary<int, long> _ticks;

    private ProcessTree(IReadOnlyList<(int Pid, int Parent, long Ticks)> processes) =>
        (_children, _ticks) = (processes.ToLookup(p => p.Parent, p => p.Pid), processes.ToDictionary(p => p.Pid, p => p.Ticks));

    /// <summary>As it is now; without Linux nobody is anybody's child.</summary>
    public static ProcessTree Read()
    {
        var found = new List<(int, int, long)>();
        if (OperatingSystem.IsLinux())
        {
            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && TryRead($"{folder}/stat") is { } stat && ParseStat(stat) is var (parent, ticks))
                    found.Add((pid, parent, ticks));
            }
        }

        return new ProcessTree(found);
    }

    /// <summary>Null when the process is gone.</summary>
    public TreeUsage? Of(int root)
    {
        if (!OperatingSystem.IsLinux())
            return Alone(root);
        if (!_ticks.ContainsKey(root))
            return null;
        long ticks = 0, memory = 0, read = 0, written = 0;
        bool counted = true;
        var next = new Stack<int>([root]);
        var seen = new HashSet<int>();
        while (next.TryPop(out int pid))
        {
            if (!seen.Add(pid))
                continue;
            ticks += _ticks.GetValueOrDefault(pid);
            memory += WorkerMemory.OwnBytes(pid) ?? 0;
            if (TryRead($"/proc/{pid}/io") is { } io && ParseIo(io) is var (r, w))
                (read, written) = (read + r, written + w);
            else
                counted = false;
            foreach (int child in _children[pid])
                next.Push(child);
        }

        return new TreeUsage(TimeSpan.FromSeconds(ticks / TicksPerSecond), memory, counted ? read : null, counted ? written : null);
    }

    /// <summary>Parent and CPU time in ticks of <c>/proc/N/stat</c>, with that of children that were waited for; null when the line is no such line.</summary>
    public static (int Parent, long Ticks)? ParseStat(string stat)
    {
        // The name stands in parentheses and may hold any character, also parentheses.
        int end = stat.LastIndexOf(')');
        string[] fields = end < 0 ? [] : stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 15 || !int.TryParse(fields[1], CultureInfo.InvariantCulture, out int parent))
            return null;
        long ticks = 0;
        foreach (string field in fields[11..15]) // utime, stime, cutime, cstime
        {
            if (!long.TryParse(field, CultureInfo.InvariantCulture, out long part))
                return null;
            ticks += part;
        }

        return (parent, ticks);
    }

    /// <summary>Bytes of <c>/proc/N/io</c> that reached a disk.</summary>
    public static (long Read, long Written)? ParseIo(string io) =>
        Entry(io, "read_bytes:") is long read && Entry(io, "write_bytes:") is long written ? (read, written) : null;

    private static long? Entry(string text, string name) =>
        text.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line && long.TryParse(line.AsSpan(name.Length), CultureInfo.InvariantCulture, out long value) ? value : null;

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static TreeUsage? Alone(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return new TreeUsage(process.TotalProcessorTime, process.PrivateMemorySize64, null, null);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
