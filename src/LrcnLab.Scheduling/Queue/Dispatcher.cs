using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Queue;

/// <summary>
/// Brings runs and slots of this machine together: for each free slot that somebody waits for, Hangfire gets a job that takes the next run; where a run of higher
/// priority waits for nothing but a lower one, the lower one is asked to leave. A job too many finds nothing to take, and one that was lost is made again.
/// </summary>
internal sealed class Dispatcher(
    IBackgroundJobClientV2 jobs, IDbContextFactory<LabDbContext> contexts, LabWriter writer, LabOptions options, ServerIdentity server, RunFeed feed, TimeProvider clock)
{
    /// <summary>Call whenever a run may have begun to wait, or a slot may have become free.</summary>
    public async Task DispatchAsync(CancellationToken cancellationToken)
    {
        List<Seat> seats;
        int free;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            int[] open = await OpenSlotsAsync(db, cancellationToken);
            if (open.Length == 0)
                return;
            seats = await db.Leases.Where(l => l.Node == server.Node).Join(db.Runs, l => l.RunId, r => r.Id, (l, r) => new Seat(l.Slot, r.Id, r.State, r.Priority, l.TakenAt)).ToListAsync(cancellationToken);
            free = open.Count(slot => seats.All(s => s.Slot != slot));
            seats = [.. seats.Where(s => open.Contains(s.Slot))];
            int wanted = await WaitingRuns.Of(db).Take(free).CountAsync(cancellationToken);
            for (int i = 0; i < wanted; i++)
                jobs.Create(Job.FromExpression<TrainJob>(job => job.RunAsync(CancellationToken.None)), new EnqueuedState(QueueNames.Train(server.Node)));
            // Without a lower one among those that run, nobody need leave.
            if (seats.Count == 0 || await WaitingRuns.Of(db).Select(r => r.Priority).FirstOrDefaultAsync(cancellationToken) <= seats.Min(s => s.Priority))
                return;
        }

        await AskToLeaveAsync(free, seats, cancellationToken);
    }

    /// <summary>Slots of this machine that take new runs.</summary>
    private async Task<int[]> OpenSlotsAsync(LabDbContext db, CancellationToken cancellationToken)
    {
        List<SlotHold> holds = await db.SlotHolds.AsNoTracking().ToListAsync(cancellationToken);
        return [.. Enumerable.Range(0, options.Slots).Where(slot => !holds.Any(h => h.Covers(server.Node, slot)))];
    }

    private async Task AskToLeaveAsync(int free, List<Seat> seats, CancellationToken cancellationToken)
    {
        // Also a run that has ended or gone back into the queue, whose process has not exited yet.
        int leaving = seats.Count(s => s.State is not (RunState.Starting or RunState.Running));
        var running = seats.Where(s => s.State is RunState.Starting or RunState.Running).Select(s => new RunningRun(s.RunId, s.Priority, s.TakenAt)).ToList();
        List<Guid> asked = await writer.WriteAsync(
            async db =>
            {
                var waiting = await WaitingRuns.Of(db).Take(options.Slots).Select(r => new { r.Name, r.Priority }).ToListAsync(cancellationToken);
                List<Guid> left = [];
                foreach (var (place, id) in Preemption.Choose([.. waiting.Select(w => w.Priority)], free + leaving, running))
                {
                    Run run = await db.Runs.SingleAsync(r => r.Id == id, cancellationToken);
                    string cause = $"Gives its slot to \"{waiting[place].Name}\", whose priority {waiting[place].Priority} is above {run.Priority}.";
                    if (run.State is not (RunState.Starting or RunState.Running) || run.Move(RunState.Pausing, cause, clock.GetUtcNow().UtcDateTime).Change is not { } change)
                        continue;
                    run.Yields = true;
                    db.RunStateChanges.Add(change);
                    left.Add(id);
                }

                return left;
            },
            cancellationToken);
        foreach (Guid id in asked)
            feed.Publish(id, RunParts.State);
    }

    private sealed record Seat(int Slot, Guid RunId, RunState State, int Priority, DateTime TakenAt);
}
