using System.Diagnostics;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Takes up runs whose server is gone: stores what their journal still has, makes sure that no worker lives, and tells the truth about them.</summary>
internal sealed class RunRecovery(
    RunEnding ending, RunLog logs, ActiveRuns active, LabWriter writer, ServerIdentity server, TimeProvider clock, ILogger<RunRecovery> logger)
{
    // A worker that lost its server writes a checkpoint; people wait for the truth no longer than this.
    private static readonly TimeSpan OrphanGrace = TimeSpan.FromSeconds(5);

    /// <param name="abandoned">A lease whose owner is gone.</param>
    /// <param name="cancellationToken">Ends the wait for an orphaned worker.</param>
    public async Task RecoverAsync(Lease abandoned, CancellationToken cancellationToken)
    {
        using IDisposable entry = active.Enter(abandoned.RunId);
        Lease? lease = await TakeOverAsync(abandoned, cancellationToken);
        if (lease is null)
            return;
        logger.LogWarning("Run {RunId} was left by a server that is gone", lease.RunId);
        await EndOrphanAsync(lease, cancellationToken);
        using (RunLogWriter log = await logs.OpenAsync(lease.RunId, cancellationToken))
            await ending.DrainAsync(lease, log, cancellationToken);
        await ending.EndAsync(lease, r => AutomaticResume.After(r, $"The program went away while the run was {r.State.Word()}."), abandoned.ExpiresAt - ServerIdentity.LeaseTime);
    }

    /// <summary>Null when another server was quicker.</summary>
    private async Task<Lease?> TakeOverAsync(Lease abandoned, CancellationToken cancellationToken)
    {
        var lease = new Lease
        {
            RunId = abandoned.RunId,
            Node = abandoned.Node,
            Owner = server.Owner,
            Token = Guid.CreateVersion7(),
            WorkerPid = abandoned.WorkerPid,
            WorkerStartedAt = abandoned.WorkerStartedAt,
            TakenAt = abandoned.TakenAt,
            ExpiresAt = clock.GetUtcNow().UtcDateTime + ServerIdentity.LeaseTime,
        };
        int taken = await writer.WriteAsync(
            db => db.Leases.Where(l => l.RunId == abandoned.RunId && l.Token == abandoned.Token).ExecuteUpdateAsync(
                l => l.SetProperty(x => x.Owner, lease.Owner).SetProperty(x => x.Token, lease.Token).SetProperty(x => x.ExpiresAt, lease.ExpiresAt), cancellationToken),
            cancellationToken);
        return taken == 1 ? lease : null;
    }

    private async Task EndOrphanAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (lease.Node != server.Node)
            return;
        if (lease is { WorkerPid: int pid, WorkerStartedAt: DateTime startedAt })
            await EndWorkerAsync(pid, startedAt, cancellationToken);
        // Also one that was started and never noted, and whatever it started itself.
        WorkerLeftovers.Kill(lease.RunId);
    }

    private async Task EndWorkerAsync(int pid, DateTime startedAt, CancellationToken cancellationToken)
    {
        using Process? orphan = new ProcessIdentity(pid, startedAt).Find();
        if (orphan is null)
            return;
        using var patience = new CancellationTokenSource(OrphanGrace, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await orphan.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            orphan.Kill(entireProcessTree: true);
            await orphan.WaitForExitAsync(CancellationToken.None);
        }
    }
}
