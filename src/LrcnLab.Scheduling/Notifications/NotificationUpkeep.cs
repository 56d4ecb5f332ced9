using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Notifications;

/// <summary>Lets go of what is old: of notifications, those that are neither among the newest nor of the last months.</summary>
internal sealed class NotificationUpkeep(LabWriter writer, TimeProvider clock)
{
    public const int Kept = 1000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(90), DeliveriesKeptFor = TimeSpan.FromDays(30), Interval = TimeSpan.FromHours(1);

    private DateTimeOffset _done;

    /// <summary>Once an hour; at other times it does nothing.</summary>
    public async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now - _done < Interval)
            return;
        _done = now;
        (DateTime old, DateTime oldDelivery) = ((now - KeptFor).UtcDateTime, (now - DeliveriesKeptFor).UtcDateTime);
        await writer.WriteAsync(
            async db =>
            {
                await db.WebhookDeliveries.Where(d => d.State != DeliveryState.Pending && d.CreatedAt < oldDelivery).ExecuteDeleteAsync(cancellationToken);
                DateTime? last = await db.Notifications.OrderByDescending(n => n.Time).Skip(Kept - 1).Select(n => (DateTime?)n.Time).FirstOrDefaultAsync(cancellationToken);
                if (last is DateTime newest)
                    await db.Notifications.Where(n => n.Time < newest && n.Time < old).ExecuteDeleteAsync(cancellationToken);
            },
            cancellationToken);
    }
}
