using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LrcnLab.Scheduling.Workers;

/// <summary>
/// Processes that belong to a run and that nobody looks after: what a worker left behind, or a worker whose server died before it had noted it.
/// They are known by a variable of their environment, which children inherit, whoever their parent is by now. Only where the system shows environments.
/// </summary>
internal static class WorkerLeftovers
{
    /// <summary>Its value is the id of the run.</summary>
    public const string Variable = "LRCNLAB_RUN";

    /// <summary>Kills them; call when the run has no worker that is wanted.</summary>
    /// <returns>How many there were.</returns>
    public static int Kill(Guid run)
    {
        const string processes = "/proc";
        if (!OperatingSystem.IsLinux())
            return 0;
        byte[] mark = Encoding.ASCII.GetBytes($"{Variable}={run}");
        int killed = 0;
        foreach (string folder in Directory.EnumerateDirectories(processes))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid) && pid != Environment.ProcessId && Has(folder, mark) && TryKill(pid))
                killed++;
        }

        return killed;
    }

    private static bool Has(string folder, byte[] mark)
    {
        try
        {
            // Short, and read at once: a process of another user or one that is just ending refuses.
            return File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryKill(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            process.Kill();
            return process.WaitForExit(TimeSpan.FromSeconds(2));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }
}
