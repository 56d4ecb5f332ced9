using System.ComponentModel;
using System.Diagnostics;

namespace LrcnLab.Scheduling.Workers;

/// <summary>A process id together with the start time that tells the process from a later one with the same id.</summary>
internal readonly record struct ProcessIdentity(int Pid, DateTime StartedAt)
{
    // The system counts in hundredths of a second from a boot time that clock corrections move a little.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    public static ProcessIdentity Of(Process process)
    {
        try
        {
            return new(process.Id, process.StartTime.ToUniversalTime());
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended already; its id means nothing any more.
            return new(process.Id, DateTime.UnixEpoch);
        }
    }

    /// <summary>The process when it still lives; the caller disposes it.</summary>
    public Process? Find()
    {
        Process? process = null;
        try
        {
            process = Process.GetProcessById(Pid);
            if (!process.HasExited && (process.StartTime.ToUniversalTime() - StartedAt).Duration() <= Tolerance)
                return process;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It is gone, or not ours to look at.
        }

        process?.Dispose();
        return null;
    }

    public bool IsAlive()
    {
        using Process? process = Find();
        return process is not null;
    }
}
