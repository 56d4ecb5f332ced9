using Hangfire;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage.Entities;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Hangfire's job: take a slot for the run that is next and look after its worker until it ends. Where nothing is to be taken it does nothing.</summary>
[AutomaticRetry(Attempts = 0)]
internal sealed class TrainJob(SlotLeases leases, Supervision supervision, RunEnding ending, Dispatcher dispatcher, ActiveRuns active, RunFeed feed, ILogger<TrainJob> logger)
{
    /// <param name="serverStopping">Cancelled when the program is stopped: the worker is then paused through a checkpoint.</param>
    public async Task RunAsync(CancellationToken serverStopping)
    {
        // Another job or server may be quicker with the same run; each time that happens one run less waits.
        while (!serverStopping.IsCancellationRequested && await leases.NextAsync(serverStopping) is Guid runId)
        {
            if (!await RunAsync(runId, serverStopping))
                continue;
            if (!serverStopping.IsCancellationRequested)
                await dispatcher.DispatchAsync(serverStopping);
            return;
        }
    }

    /// <summary>False when somebody else has the run, or the slot.</summary>
    private async Task<bool> RunAsync(Guid runId, CancellationToken serverStopping)
    {
        // Before the lease: one of this server without an entry counts as abandoned.
        using IDisposable entry = active.Enter(runId);
        Lease? lease = await leases.TryTakeAsync(runId, serverStopping);
        if (lease is null)
            return false;

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

        return true;
    }
}
