using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>
/// Launches second phases. One is a draft until its first phase is completed, or was stopped by a person, who thus found it good enough; where the first phase ends otherwise,
/// it stays a draft: the first may be resumed, or a person launch the second with other weights.
/// </summary>
internal sealed class SecondPhases(IDbContextFactory<LabDbContext> contexts, LabWriter writer, ArtifactStore artifacts, RunFeed feed, TimeProvider clock)
{
    /// <summary>Those whose time has come; the dispatcher finds them then.</summary>
    public async Task LaunchAsync(CancellationToken cancellationToken)
    {
        List<Guid> ready;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            ready = await Ready(db).Select(r => r.Id).ToListAsync(cancellationToken);
        foreach (Guid id in ready)
        {
            bool moved = await writer.WriteAsync(db => LaunchAsync(db, id, cancellationToken), cancellationToken);
            if (moved)
                feed.Publish(id, RunParts.State);
        }
    }

    private static IQueryable<Run> Ready(LabDbContext db) => db.Runs.Where(r => r.State == RunState.Draft && r.BinnedAt == null && r.Relation == RunRelation.SecondPhase
        && db.Runs.Any(first => first.Id == r.ParentId && (first.State == RunState.Completed || first.State == RunState.Stopped)));

    private async Task<bool> LaunchAsync(LabDbContext db, Guid id, CancellationToken cancellationToken)
    {
        if (await Ready(db).SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } run || run.ReadSpec() is not { } spec)
            return false;
        string first = await db.Runs.Where(r => r.Id == run.ParentId).Select(r => r.Name).SingleAsync(cancellationToken);
        SpecProblem? problem = await WeightsChoice.ApplyAsync(db, run, spec, artifacts, cancellationToken);
        DateTime now = clock.GetUtcNow().UtcDateTime;
        db.RunStateChanges.Add(run.Move(RunState.Queued, $"Launched: \"{first}\", with whose weights it begins, has ended.", now).Change!);
        if (problem is not null)
            db.RunStateChanges.Add(run.Move(RunState.Failed, $"{problem.Path}: {problem.Message}", now).Change!);
        return true;
    }
}
