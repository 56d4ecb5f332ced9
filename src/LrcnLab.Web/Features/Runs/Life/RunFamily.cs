using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs.Life;

/// <summary>A run that another was made from, or that was made from it.</summary>
public sealed record Relative(Guid Id, string Name, RunState State, RunRelation Relation);

/// <summary>A run whose curve a fork continues.</summary>
/// <param name="UntilStep">Its last step that the fork builds upon.</param>
public sealed record Ancestor(Guid Id, string Name, long UntilStep);

/// <summary>Where a run comes from and what came of it.</summary>
/// <param name="Parent">Null when it has none, or that is gone.</param>
/// <param name="Children">The oldest first.</param>
/// <param name="Ancestors">The nearest first; only of forks.</param>
/// <param name="Outcome">Of a reproduction that is completed.</param>
public sealed record RunFamily(Relative? Parent, IReadOnlyList<Relative> Children, IReadOnlyList<Ancestor> Ancestors, Reproduction? Outcome)
{
    private const int Most = 100, Generations = 10;

    public static async Task<RunFamily> ReadAsync(LabDbContext db, MetricStore metrics, Run run, CancellationToken cancel)
    {
        Relative? parent = run.ParentId is null || run.Relation is not { } relation ? null
            : await db.Runs.Where(r => r.Id == run.ParentId).Select(r => new Relative(r.Id, r.Name, r.State, relation)).SingleOrDefaultAsync(cancel);
        List<Relative> children = await db.Runs.Where(r => r.ParentId == run.Id && r.Relation != null).OrderBy(r => r.CreatedAt).Take(Most).Select(r => new Relative(r.Id, r.Name, r.State, r.Relation!.Value)).ToListAsync(cancel);
        return new RunFamily(parent, children, await AncestorsAsync(db, run, cancel), await RunRecords.CompareAsync(db, metrics, run, cancel));
    }

    private static async Task<IReadOnlyList<Ancestor>> AncestorsAsync(LabDbContext db, Run run, CancellationToken cancel)
    {
        var ancestors = new List<Ancestor>();
        (Guid? parent, long until) = (run.Relation == RunRelation.Fork ? run.ParentId : null, run.ForkStep);
        while (parent is { } id && ancestors.Count < Generations)
        {
            if (await db.Runs.Where(r => r.Id == id).Select(r => new { r.Id, r.Name, r.Relation, r.ParentId, r.ForkStep }).SingleOrDefaultAsync(cancel) is not { } found)
                break;
            ancestors.Add(new Ancestor(found.Id, found.Name, until));
            (parent, until) = (found.Relation == RunRelation.Fork ? found.ParentId : null, Math.Min(until, found.ForkStep));
        }

        return ancestors;
    }
}
