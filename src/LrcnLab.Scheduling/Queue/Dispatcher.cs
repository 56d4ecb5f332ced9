using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Queue;

/// <summary>
/// Brings runs and slots of this machine together: for each run that can start, Hangfire gets a job that takes whichever is next by then; where a run of higher
/// priority waits for nothing but lower ones, those are asked to leave. A job too many finds nothing to take, and one that was lost is made again.
/// </summary>
internal sealed class Dispatcher(
    IBackgroundJobClientV2 jobs, IDbContextFactory<LabDbContext> contexts, LabWriter writer, QueueReader queue, Machine machine, RunFeed feed, TimeProvider clock)
{
    /// <summary>Call whenever a run may have begun to wait, or a slot may have become free.</summary>
    public async Task DispatchAsync(CancellationToken cancellationToken)
    {
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (await queue.DecideAsync(db, [], cancellationToken) is not var (_, decision))
                return;
            for (int i = 0; i < decision.Starts.Count; i++)
                jobs.Create(Job.FromExpression<TrainJob>(job => job.RunAsync(CancellationToken.None)), new EnqueuedState(QueueNames.Train(machine.Node)));
            if (decision.Leaves.Count == 0)
                return;
        }

        // Decided anew, because nobody else writes meanwhile.
        List<Guid> asked = await writer.WriteAsync(
            async db => await queue.DecideAsync(db, [], cancellationToken) is var (waiting, decision) ? await AskToLeaveAsync(db, waiting, decision, cancellationToken) : [], cancellationToken);
        foreach (Guid id in asked)
            feed.Publish(id, RunParts.State);
    }

    private async Task<List<Guid>> AskToLeaveAsync(LabDbContext db, IReadOnlyList<WaitingKind> waiting, QueueDecision decision, CancellationToken cancellationToken)
    {
        List<Guid> left = [];
        foreach (var (item, id) in decision.Leaves)
        {
            Run run = await db.Runs.SingleAsync(r => r.Id == id, cancellationToken);
            string next = await waiting[item].First(db, []).Select(r => r.Name).SingleAsync(cancellationToken);
            string cause = $"Gives its slot to \"{next}\", whose priority {waiting[item].Item.Priority} is above {run.Priority}.";
            if (run.State is not (RunState.Starting or RunState.Running) || run.Move(RunState.Pausing, cause, clock.GetUtcNow().UtcDateTime).Change is not { } change)
                continue;
            run.Yields = true;
            db.RunStateChanges.Add(change);
            left.Add(id);
        }

        return left;
    }
}
