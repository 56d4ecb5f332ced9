using LrcnLab.Core.Notifications;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Notifications;

/// <summary>Sends what is due and tries again what failed. A delivery is taken by one conditional update, so no two programs send it at the same time.</summary>
internal sealed class WebhookSender(
    IDbContextFactory<LabDbContext> contexts, LabWriter writer, WebhookHttp http, NotificationUpkeep upkeep, RunFeed feed, TimeProvider clock, ILogger<WebhookSender> logger) : BackgroundService
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), TakenFor = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            int sent = 0;
            try
            {
                sent = await SendDueAsync(stoppingToken);
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

            if (sent == 0)
                await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends one now, whether it is due or not.</summary>
    /// <returns>Null when it is gone or delivered, or somebody else sends it.</returns>
    public Task<WebhookAnswer?> SendAsync(Guid id, CancellationToken cancellationToken) => SendAsync(id, onlyDue: false, cancellationToken);

    /// <summary>Sends to each webhook the one that is due the longest: one address that does not answer holds the others up for no longer than one attempt.</summary>
    /// <returns>How many were tried.</returns>
    internal async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        DateTime now = Now;
        List<Guid?> due;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            due = await db.Webhooks.Where(w => w.Enabled)
                .Select(w => db.WebhookDeliveries.Where(d => d.WebhookId == w.Id && (d.State == DeliveryState.Pending || d.State == DeliveryState.Sending) && d.NextAttemptAt <= now)
                    .OrderBy(d => d.NextAttemptAt).Select(d => (Guid?)d.Id).FirstOrDefault())
                .Where(id => id != null).ToListAsync(cancellationToken);
        }

        int sent = 0;
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, cancel) =>
        {
            if (await SendAsync(id!.Value, onlyDue: true, cancel) is not null)
                Interlocked.Increment(ref sent);
        });
        return sent;
    }

    private async Task<WebhookAnswer?> SendAsync(Guid id, bool onlyDue, CancellationToken cancellationToken)
    {
        if (await TakeAsync(id, onlyDue, cancellationToken) is not { } delivery)
            return null;
        WebhookAnswer answer = await http.SendAsync(delivery, clock.GetUtcNow(), cancellationToken);
        await RecordAsync(delivery, answer);
        feed.Publish(Guid.Empty, RunParts.Notifications);
        return answer;
    }

    /// <summary>Null when it is not there to be taken. The time until which it is taken is the mark of who has it.</summary>
    private Task<WebhookDelivery?> TakeAsync(Guid id, bool onlyDue, CancellationToken cancellationToken)
    {
        (DateTime now, DateTime until) = (Now, Now + TakenFor);
        return writer.WriteAsync(
            async db =>
            {
                int taken = await db.WebhookDeliveries
                    .Where(d => d.Id == id && ((d.State == DeliveryState.Pending && (!onlyDue || d.NextAttemptAt <= now)) || (d.State == DeliveryState.Sending && d.NextAttemptAt <= now)))
                    .ExecuteUpdateAsync(d => d.SetProperty(x => x.State, DeliveryState.Sending).SetProperty(x => x.NextAttemptAt, until).SetProperty(x => x.Attempts, x => x.Attempts + 1), cancellationToken);
                return taken == 0 ? null : await db.WebhookDeliveries.AsNoTracking().Include(d => d.Webhook).SingleAsync(d => d.Id == id, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Does nothing where somebody else has it by now: this program stood still for longer than it had taken it for.</summary>
    private Task<int> RecordAsync(WebhookDelivery delivery, WebhookAnswer answer)
    {
        DateTime now = Now;
        TimeSpan? wait = answer.IsGood ? null : WebhookRules.WaitAfter(delivery.Attempts, Random.Shared.NextDouble());
        DeliveryState state = answer.IsGood ? DeliveryState.Delivered : wait is null ? DeliveryState.GivenUp : DeliveryState.Pending;
        DateTime next = now + (wait ?? TimeSpan.Zero);
        return writer.WriteAsync(
            db => db.WebhookDeliveries.Where(d => d.Id == delivery.Id && d.State == DeliveryState.Sending && d.NextAttemptAt == delivery.NextAttemptAt && d.Attempts == delivery.Attempts)
                .ExecuteUpdateAsync(d => d.SetProperty(x => x.State, state).SetProperty(x => x.NextAttemptAt, next).SetProperty(x => x.LastAttemptAt, now)
                    .SetProperty(x => x.Status, answer.Status).SetProperty(x => x.Answer, answer.Answer).SetProperty(x => x.Milliseconds, answer.Milliseconds)),
            CancellationToken.None);
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;
}
