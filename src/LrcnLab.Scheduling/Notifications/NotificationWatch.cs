using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Notifications;

/// <summary>
/// Tells the pages of this program that there is something new to be told, or that something was read, whoever wrote it: several programs may share one
/// database. One small query for all pages, however many are open.
/// </summary>
internal sealed class NotificationWatch(IDbContextFactory<LabDbContext> contexts, RunFeed feed, TimeProvider clock, ILogger<NotificationWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private (DateTime? Newest, int Unread)? _seen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "Looking for new notifications failed; trying again");
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks once. The first look only remembers.</summary>
    /// <returns>Whether pages were told.</returns>
    internal async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        (DateTime? Newest, int Unread) now = (
            await db.Notifications.MaxAsync(n => (DateTime?)n.Time, cancellationToken),
            await db.Notifications.CountAsync(n => n.ReadAt == null, cancellationToken));
        bool changed = _seen is { } before && before != now;
        _seen = now;
        if (changed)
            feed.Publish(Guid.Empty, RunParts.Notifications);
        return changed;
    }
}
