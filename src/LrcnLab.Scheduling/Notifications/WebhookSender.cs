using LrcnLab.Core.Notifications;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Notifications;

/// <summary>Sends what is due, a few at once, and tries again what failed. A delivery is taken by one conditional update, so no two programs send it at the same time.</summary>
internal sealed class WebhookSender(
    IDbContextFactory<LabDbContext> contexts, LabWriter writer, WebhookHttp http, NotificationUpkeep upkeep, TimeProvider clock, ILogger<WebhookSender> logger) : BackgroundService
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), TakenFor = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SendDueAsync(stoppingToken);
                await upkeep.RemoveOldAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "Sending webhooks failed; trying again");
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends one now, whether it is due or not.</summary>
    /// <returns>Null when it is gone, or somebody else sends it.</returns>
    public async Task<WebhookAnswer?> SendAsync(Guid id, CancellationToken cancellationToken)
    {
        WebhookDelivery? delivery;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            delivery = await db.WebhookDeliveries.AsNoTracking().Include(d => d.Webhook).SingleOrDefaultAsync(d => d.Id == id, cancellationToken);
        if (delivery is null || !await TakeAsync(delivery, cancellationToken))
            return null;
        WebhookAnswer answer = await http.SendAsync(delivery, clock.GetUtcNow(), cancellationToken);
        await RecordAsync(delivery, answer);
        return answer;
    }

    private async Task SendDueAsync(CancellationToken cancellationToken)
    {
        DateTime now = Now;
        List<Guid> due;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            due = await db.WebhookDeliveries.Where(d => d.State == DeliveryState.Pending && d.NextAttemptAt <= now && d.Webhook.Enabled)
                .OrderBy(d => d.NextAttemptAt).Take(100).Select(d => d.Id).ToListAsync(cancellationToken);
        }

        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, cancel) => await SendAsync(id, cancel));
    }

    private async Task<bool> TakeAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        (int attempts, DateTime next, DateTime lost) = (delivery.Attempts, delivery.NextAttemptAt, Now + TakenFor);
        int taken = await writer.WriteAsync(
            db => db.WebhookDeliveries.Where(d => d.Id == delivery.Id && d.State != DeliveryState.Delivered && d.Attempts == attempts && d.NextAttemptAt == next)
                .ExecuteUpdateAsync(d => d.SetProperty(x => x.NextAttemptAt, lost).SetProperty(x => x.Attempts, attempts + 1).SetProperty(x => x.State, DeliveryState.Pending), cancellationToken),
            cancellationToken);
        return taken == 1;
    }

    private Task RecordAsync(WebhookDelivery delivery, WebhookAnswer answer)
    {
        TimeSpan? wait = answer.IsGood ? null : WebhookRules.WaitAfter(delivery.Attempts + 1, Random.Shared.NextDouble());
        return writer.WriteAsync(
            async db =>
            {
                // Its webhook may have been removed meanwhile, and it with that.
                if (await db.WebhookDeliveries.SingleOrDefaultAsync(d => d.Id == delivery.Id) is not { } row)
                    return;
                row.State = answer.IsGood ? DeliveryState.Delivered : wait is null ? DeliveryState.GivenUp : DeliveryState.Pending;
                (row.LastAttemptAt, row.Status, row.Answer, row.Milliseconds) = (Now, answer.Status, answer.Answer, answer.Milliseconds);
                row.NextAttemptAt = Now + (wait ?? TimeSpan.Zero);
            },
            CancellationToken.None);
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;
}
