using Hangfire;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage.Entities;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Hangfire's job: take a slot for the run that is next and look after its worker until it ends. Where nothing is to be taken it does nothing.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class TrainJob(SlotLeases leases, Supervision supervision, RunEnding ending, Dispatcher dispatcher, RunFeed feed, ILogger<TrainJob> logger)
{
    /// <param name="serverStopping">Cancelled when the program is stopped: the worker is then paused through a checkpoint.</param>
    public async Task RunAsync(CancellationToken serverStopping)
    {
        if (await leases.TakeNextAsync([], serverStopping) is not var (lease, entry))
            return;
        using (entry)
            await RunAsync(lease, serverStopping);
        if (!serverStopping.IsCancellationRequested)
            await dispatcher.DispatchAsync(serverStopping);
    }

    private async Task RunAsync(Lease lease, CancellationToken serverStopping)
    {
        feed.Publish(lease.RunId, RunParts.State);
        using IDisposable? scope = logger.BeginScope("Run:{RunId}", lease.RunId);
        try
        {
            await supervision.RunAsync(lease, serverStopping);
        }
        catch (Exception e)
        {
            logger.LogError(e, "Run {RunId} failed in the server", lease.RunId);
            // When even this cannot be written, the lease stays and the reconciler takes the run up again.
            await ending.EndAsync(lease, _ => [(RunState.Failed, $"The server could not look after the run: {e.Message}")]);
        }
    }
}
