using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Machines;

/// <summary>Machines that train now.</summary>
public static class Nodes
{
    /// <summary>A machine whose server was not heard of for so long is not counted on.</summary>
    public static readonly TimeSpan Lost = TimeSpan.FromSeconds(60);

    public static Task<List<Node>> AliveAsync(LabDbContext db, DateTime now, CancellationToken cancellationToken)
    {
        DateTime since = now - Lost;
        return db.Nodes.AsNoTracking().Where(n => n.SeenAt > since).OrderBy(n => n.Name).ToListAsync(cancellationToken);
    }
}
