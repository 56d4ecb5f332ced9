using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>
/// Does to a worker what the run's row says: asks it to stop or pause, kills it when it does not obey in time, is silent for too long, takes more memory than it may, or is not wanted any more.
/// The row is read a few times a second, so it does not matter which server or page wrote the wish.
/// </summary>
internal sealed class WorkerControl(
    Guid runId, WorkerProcess worker, CheckInClock checkIns, TimeLimit? limit, long memoryLimit, RunService runs, IDbContextFactory<LabDbContext> contexts, LabOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    // From the worker's last event to its exit.
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(10);

    private string? _asked;
    private DateTime _askedAt;
    private DateTime? _endedAt;

    /// <param name="storing">The task that stores events; when it ends badly, the worker is of no use.</param>
    public async Task<WorkerEnd> RunUntilExitAsync(Task<bool> storing, CancellationToken serverStopping)
    {
        Task exit = worker.WaitForExitAsync(CancellationToken.None);
        long memoryKills = MemoryKills.Count();
        var end = new WorkerEnd(false, null, null);
        while (!exit.IsCompleted)
        {
            await Task.WhenAny(exit, Task.Delay(Tick, clock, CancellationToken.None));
            if (exit.IsCompleted)
                break;
            if (storing.IsFaulted || (storing.IsCompletedSuccessfully && !await storing))
                worker.Kill();
            else if (TooMuchMemory() is string tooMuch)
                end = Kill(end, RunState.Failed, tooMuch);
            else if (await ObeyAsync(await StateAsync(), serverStopping.IsCancellationRequested) is var (killed, reason))
                end = Kill(end, killed, reason);
        }

        return end with { ServerStopping = serverStopping.IsCancellationRequested, MemoryRanOut = MemoryKills.Count() > memoryKills };
    }

    private string? TooMuchMemory() => memoryLimit > 0 && WorkerMemory.OwnBytes(worker.Identity.Pid) is long bytes && bytes > memoryLimit
        ? $"The worker used {bytes >> 20:N0} MiB of memory, more than its slots have ({memoryLimit >> 20:N0} MiB), and was killed before the machine ran out of memory."
        : null;

    private WorkerEnd Kill(WorkerEnd end, RunState state, string reason)
    {
        worker.Kill();
        // The first reason is the true one; what follows is only repetition until the process is gone.
        return end.KilledState is null ? end with { KilledState = state, KilledReason = reason } : end;
    }

    /// <summary>Asks for what the state wants. Returns where the run belongs when the worker must be killed.</summary>
    private async Task<(RunState State, string Reason)?> ObeyAsync(RunState state, bool serverStopping)
    {
        if (!state.IsActive())
        {
            if (state == RunState.Canceled)
                return (state, "Canceled.");
            _endedAt ??= Now;
            return Now - _endedAt > ExitGrace ? (state, "The worker had ended its work and did not exit.") : null;
        }

        if (checkIns.Overdue() is TimeSpan late)
            return (RunState.Interrupted, $"The worker gave no sign of life; it is {late.TotalSeconds:0} s late and was killed.");

        // Refused only when somebody else moved it meanwhile, which the next look sees.
        if (state is RunState.Starting or RunState.Running && limit is not null && Now > limit.End && await runs.StopAsync(runId, limit.Cause, null, CancellationToken.None) is null)
            state = RunState.Stopping;

        string? wish = state switch
        {
            RunState.Stopping => WorkerProtocol.Stop,
            RunState.Pausing => WorkerProtocol.Pause,
            _ => serverStopping ? WorkerProtocol.Pause : null,
        };
        if (wish is not null && wish != _asked)
        {
            (_asked, _askedAt) = (wish, Now);
            await worker.SendAsync(wish, CancellationToken.None);
        }

        TimeSpan grace = serverStopping ? options.ShutdownGrace : options.StopGrace;
        if (wish is null || Now - _askedAt <= grace)
            return null;
        return state == RunState.Stopping
            ? (RunState.Failed, $"The worker did not stop within {grace.TotalSeconds:0} s and was killed.")
            : (RunState.Interrupted, $"The worker did not pause within {grace.TotalSeconds:0} s and was killed.");
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private async Task<RunState> StateAsync()
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync();
        return await db.Runs.Where(r => r.Id == runId).Select(r => r.State).SingleAsync();
    }
}
