using System.Diagnostics;
using System.Globalization;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage.Entities;

namespace LrcnLab.Scheduling;

/// <summary>Who this server is among those that may share a database, and whether another one that holds a lease still lives.</summary>
internal sealed class ServerIdentity
{
    /// <summary>How long a lease holds without renewal; decides only about servers on other machines.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    private readonly string _prefix;

    public ServerIdentity()
    {
        using var process = Process.GetCurrentProcess();
        ProcessIdentity self = ProcessIdentity.Of(process);
        _prefix = string.Create(CultureInfo.InvariantCulture, $"{self.Pid}|{self.StartedAt.Ticks}|");
        Owner = _prefix + Guid.CreateVersion7();
    }

    /// <summary>The machine.</summary>
    public string Node { get; } = Environment.MachineName;

    /// <summary>This server: process id, start time, and a word of its own for each time it is built within a process.</summary>
    public string Owner { get; }

    public bool IsGone(Lease lease, DateTime now)
    {
        if (lease.Owner == Owner)
            return false;
        if (lease.Node != Node)
            return lease.ExpiresAt < now;
        if (lease.Owner.StartsWith(_prefix, StringComparison.Ordinal))
            return true;
        string[] parts = lease.Owner.Split('|');
        return parts.Length != 3
            || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out int pid)
            || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out long ticks)
            || !new ProcessIdentity(pid, new DateTime(ticks, DateTimeKind.Utc)).IsAlive();
    }
}
