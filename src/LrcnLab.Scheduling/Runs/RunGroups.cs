using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Projects, experiments and sweeps by name.</summary>
internal static class RunGroups
{
    private const int MostCharacters = 100;

    /// <param name="kind">Project, experiment or sweep.</param>
    /// <param name="name">As somebody wrote it.</param>
    public static string? NameRefusal(string kind, string name) => name.Trim().Length is 0 or > MostCharacters || name.Any(char.IsControl)
        ? $"The name of {(kind == "experiment" ? "an" : "a")} {kind} has 1 to {MostCharacters} characters, without control characters." : null;

    /// <summary>Finds what the request names, and makes what is not there.</summary>
    public static async Task<(Project Project, Experiment? Experiment, Sweep? Sweep)> FindOrAddAsync(LabDbContext db, RunRequest request, DateTime now, CancellationToken cancellationToken)
    {
        (string? projectName, string? experimentName, string? sweepName) = (Named(request.Project), Named(request.Experiment), Named(request.Sweep));
        Project project = await (projectName is null ? db.Projects.SingleAsync(p => p.Id == Project.DefaultId, cancellationToken) : db.Projects.SingleOrDefaultAsync(p => p.Name == projectName, cancellationToken)!)
            ?? db.Projects.Add(new Project { Name = projectName!, CreatedAt = now }).Entity;
        Experiment? experiment = experimentName is null ? null : await db.Experiments.SingleOrDefaultAsync(e => e.ProjectId == project.Id && e.Name == experimentName, cancellationToken)
            ?? db.Experiments.Add(new Experiment { ProjectId = project.Id, Name = experimentName, CreatedAt = now }).Entity;
        Sweep? sweep = sweepName is null ? null : await db.Sweeps.SingleOrDefaultAsync(s => s.ProjectId == project.Id && s.Name == sweepName, cancellationToken)
            ?? db.Sweeps.Add(new Sweep { ProjectId = project.Id, Name = sweepName, CreatedAt = now }).Entity;
        return (project, experiment, sweep);
    }

    private static string? Named(string? name) => string.IsNullOrWhiteSpace(name) ? null : name.Trim();
}
