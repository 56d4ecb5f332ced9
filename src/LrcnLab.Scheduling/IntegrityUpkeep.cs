using LrcnLab.Storage.Integrity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling;

/// <summary>Has what is stored looked at by itself: some minutes after the start, then once a day.</summary>
internal sealed class IntegrityUpkeep(IntegrityService integrity, TimeProvider clock, ILogger<IntegrityUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(5), Interval = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(First, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await integrity.CheckDueAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(e, "The daily check of integrity failed; trying again in a day");
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
