using System.Globalization;

namespace LrcnLab.Scheduling.Workers;

/// <summary>Memory that a worker holds for itself. Pages of files, such as prepared frames, do not count: the system takes them back when it needs them.</summary>
internal static class WorkerMemory
{
    private static readonly string[] Own = ["RssAnon:", "RssShmem:", "VmSwap:"];

    /// <summary>Bytes; null where the system does not say.</summary>
    public static long? OwnBytes(int pid)
    {
        try
        {
            long kibibytes = 0;
            bool known = false;
            foreach (string line in File.ReadLines($"/proc/{pid}/status"))
            {
                if (Own.FirstOrDefault(o => line.StartsWith(o, StringComparison.Ordinal)) is not string entry)
                    continue;
                known = true;
                kibibytes += long.Parse(line.AsSpan(entry.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
            }

            return known ? kibibytes << 10 : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>When memory runs out all the same, the system is to end the worker and not the server.</summary>
    public static void OfferFirst(int pid)
    {
        try
        {
            File.WriteAllText($"/proc/{pid}/oom_score_adj", "600");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not Linux, or the worker is gone.
        }
    }
}
