using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Machines;

/// <summary>Machines that train now.</summary>
public static class Nodes
{
    /// <summary>A machine whose server was not heard of for so long is not counted on.</summary>
    public static readonly TimeSpan Lost = TimeSpan.FromSeconds(60);

    /// <summary>After so long a machine will not come back, and its name was perhaps that of a container.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    /// <summary>Takes machines away that were not heard of for long and hold no slot.</summary>
    internal static Task ForgetAsync(LabDbContext db, string except, DateTime now, CancellationToken cancellationToken)
    {
        DateTime before = now - Forgotten;
        return db.Nodes.Where(n => n.Name != except && n.SeenAt < before && !db.LeaseSlots.Any(s => s.Node == n.Name)).ExecuteDeleteAsync(cancellationToken);
    }

    public static Task<List<Node>> AliveAsync(LabDbContext db, DateTime now, CancellationToken cancellationToken)
    {
        DateTime since = now - Lost;
        return db.Nodes.AsNoTracking().Where(n => n.SeenAt > since).OrderBy(n => n.Name).ToListAsync(cancellationToken);
    }
}
