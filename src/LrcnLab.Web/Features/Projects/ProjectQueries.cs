using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Projects;

/// <param name="Share">Of the slots, relative to other projects that wait.</param>
/// <param name="MostRunning">Runs at once; null for any number.</param>
public sealed record ProjectRow(
    Guid Id, string Name, double Share, int? MostRunning, int Runs, int Waiting, int Running, IReadOnlyList<GroupRow> Experiments, IReadOnlyList<GroupRow> Sweeps);

/// <summary>An experiment or a sweep.</summary>
/// <param name="MostRunning">Runs at once; null for any number.</param>
public sealed record GroupRow(Guid Id, string Name, int? MostRunning, int Runs, int Waiting, int Running);

/// <summary>What pages and API read of projects.</summary>
public sealed class ProjectQueries(IDbContextFactory<LabDbContext> database)
{
    /// <summary>All, by name.</summary>
    public async Task<IReadOnlyList<ProjectRow>> ListAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var counts = await db.Runs.Where(r => r.BinnedAt == null).GroupBy(r => new { r.ProjectId, r.ExperimentId, r.SweepId, r.State }).Select(g => new Counted(g.Key.ProjectId, g.Key.ExperimentId, g.Key.SweepId, g.Key.State, g.Count())).ToListAsync(cancel);
        List<Project> projects = await db.Projects.AsNoTracking().OrderBy(p => p.Name).ToListAsync(cancel);
        ILookup<Guid, Experiment> experiments = (await db.Experiments.AsNoTracking().OrderBy(e => e.Name).ToListAsync(cancel)).ToLookup(e => e.ProjectId);
        ILookup<Guid, Sweep> sweeps = (await db.Sweeps.AsNoTracking().OrderBy(s => s.Name).ToListAsync(cancel)).ToLookup(s => s.ProjectId);
        return [.. projects.Select(p =>
        {
            var (runs, waiting, running) = Sum(counts.Where(c => c.Project == p.Id));
            return new ProjectRow(
                p.Id, p.Name, p.Share, p.MostRunning, runs, waiting, running,
                [.. experiments[p.Id].Select(e => Row(e.Id, e.Name, e.MostRunning, counts.Where(c => c.Experiment == e.Id)))],
                [.. sweeps[p.Id].Select(s => Row(s.Id, s.Name, s.MostRunning, counts.Where(c => c.Sweep == s.Id)))]);
        })];
    }

    private static GroupRow Row(Guid id, string name, int? most, IEnumerable<Counted> counts)
    {
        var (runs, waiting, running) = Sum(counts);
        return new GroupRow(id, name, most, runs, waiting, running);
    }

    private static (int Runs, int Waiting, int Running) Sum(IEnumerable<Counted> counts)
    {
        Counted[] all = [.. counts];
        return (all.Sum(c => c.Count), all.Where(c => c.State == RunState.Queued).Sum(c => c.Count), all.Where(c => c.State.IsActive()).Sum(c => c.Count));
    }

    private sealed record Counted(Guid Project, Guid? Experiment, Guid? Sweep, RunState State, int Count);
}
