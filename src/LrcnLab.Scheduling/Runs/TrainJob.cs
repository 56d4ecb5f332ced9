using Hangfire;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage.Entities;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Hangfire's job: take a slot for a run and look after its worker until it ends. Delivered twice, it does nothing the second time.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class TrainJob(SlotLeases leases, Supervision supervision, RunEnding ending, ActiveRuns active, RunFeed feed, ILogger<TrainJob> logger)
{
    /// <param name="runId">A queued run; any other is left alone.</param>
    /// <param name="serverStopping">Cancelled when the program is stopped: the worker is then paused through a checkpoint.</param>
    public async Task RunAsync(Guid runId, CancellationToken serverStopping)
    {
        if (serverStopping.IsCancellationRequested)
            return;
        using IDisposable entry = active.Enter(runId);
        Lease? lease = await leases.TryTakeAsync(runId, serverStopping);
        if (lease is null)
            return;

        feed.Publish(runId, RunParts.State);
        using IDisposable? scope = logger.BeginScope("Run:{RunId}", runId);
        try
        {
            await supervision.RunAsync(lease, serverStopping);
        }
        catch (Exception e)
        {
            logger.LogError(e, "Run {RunId} failed in the server", runId);
            // When even this cannot be written, the lease stays and the reconciler takes the run up again.
            await ending.EndAsync(lease, _ => [(RunState.Failed, $"The server could not look after the run: {e.Message}")]);
        }
    }
}
