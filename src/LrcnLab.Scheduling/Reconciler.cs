using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling;

/// <summary>Makes the world agree with the tables, at start and then every two seconds: queued runs get the slots that are free, runs without a server are taken up.</summary>
internal sealed class Reconciler(
    RunRecovery recovery,
    Dispatcher dispatcher,
    SecondPhases phases,
    SlotLeases leases,
    Machine machine,
    ActiveRuns active,
    ImportRecovery imports,
    VersionFolders versions,
    ArtifactStore artifacts,
    RunBin bin,
    RetentionService retention,
    IDbContextFactory<LabDbContext> contexts,
    LabWriter writer,
    DiskReserve reserve,
    LabOptions options,
    ServerIdentity server,
    TimeProvider clock,
    ILogger<Reconciler> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private DateTime _startedAt;
    private DateTimeOffset _renewedAt;
    private DateTimeOffset _emptiedAt;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _startedAt = clock.GetUtcNow().UtcDateTime;
        await imports.EndAbandonedAsync(cancellationToken);
        await versions.RemoveLeftoversAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool swept = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReconcileAsync(stoppingToken);
                if (!swept)
                    await SweepAsync(stoppingToken);
                swept = true;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StorageFullException e)
            {
                logger.LogError("Reconciling runs waits: {Reason}", e.Message);
            }
            catch (Exception e)
            {
                logger.LogError(e, "Reconciling runs failed; trying again");
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One pass.</summary>
    internal async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        reserve.Restore();
        if (active.Any())
            await leases.RenewAsync(cancellationToken);
        if (machine.IsKnown && clock.GetUtcNow() - _renewedAt > Nodes.Lost / 4)
        {
            await machine.RenewAsync(cancellationToken);
            _renewedAt = clock.GetUtcNow();
        }

        List<Lease> held;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            held = await db.Leases.AsNoTracking().ToListAsync(cancellationToken);

        DateTime now = clock.GetUtcNow().UtcDateTime;
        Lease[] abandoned = [.. held.Where(l => l.Owner == server.Owner ? !active.Contains(l.RunId) : server.IsGone(l, now))];
        await Task.WhenAll(abandoned.Select(l => recovery.RecoverAsync(l, cancellationToken)));
        await EndWithoutLeaseAsync(cancellationToken);
        await phases.LaunchAsync(cancellationToken);
        await dispatcher.DispatchAsync(cancellationToken);
        if (clock.GetUtcNow() - _emptiedAt > TimeSpan.FromHours(1))
        {
            // Noted first: what fails is tried again in an hour, not every two seconds.
            _emptiedAt = clock.GetUtcNow();
            await bin.EmptyOldAsync(cancellationToken);
            await retention.ApplyDailyAsync(cancellationToken);
        }
    }

    /// <summary>An active run has a lease, always: both change in one write. One without was changed by hand.</summary>
    private async Task EndWithoutLeaseAsync(CancellationToken cancellationToken)
    {
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (!await WithoutLease(db).AnyAsync(cancellationToken))
                return;
        }

        await writer.WriteAsync(
            async db =>
            {
                foreach (Run run in await WithoutLease(db).ToListAsync(cancellationToken))
                    db.RunStateChanges.Add(run.Move(RunState.Interrupted, "No server looks after the run.", clock.GetUtcNow().UtcDateTime).Change!);
            },
            cancellationToken);
    }

    private static IQueryable<Run> WithoutLease(LabDbContext db)
    {
        RunState[] active = [RunState.Starting, RunState.Running, RunState.Pausing, RunState.Stopping];
        return db.Runs.Where(r => active.Contains(r.State) && !db.Leases.Any(l => l.RunId == r.Id));
    }

    /// <summary>Once, after all journals were read: what a crash left in the artifact store without an owner goes. Where several servers share it, only what is old.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await bin.FinishAsync(cancellationToken);
        bool shared = options.Database.Provider != DatabaseProvider.Sqlite;
        int rows = await artifacts.RemoveUnreferencedAsync(null, cancellationToken);
        int files = await artifacts.RemoveStrayAsync(shared ? _startedAt.AddDays(-1) : _startedAt, cancellationToken);
        if (rows + files > 0)
            logger.LogInformation("Removed {Rows} artifacts and {Files} files that nothing refers to", rows, files);
    }
}
