using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>The file that <c>model.weights</c> of a specification means: weights that were brought in, or a run's best checkpoint, else its last.</summary>
internal static class WeightsChoice
{
    private const string Field = "model.weights";

    /// <summary>Notes the file in the run's row, which keeps it from then on.</summary>
    /// <param name="db">Within a write.</param>
    /// <param name="run">To be written with it.</param>
    /// <param name="spec">The run's.</param>
    /// <param name="artifacts">Where the file lies.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    /// <returns>Null, or why there is no such file.</returns>
    public static async Task<SpecProblem?> ApplyAsync(LabDbContext db, Run run, RunSpec spec, ArtifactStore artifacts, CancellationToken cancellationToken)
    {
        run.WeightsSha256 = null;
        string name = spec.Model.Weights.Trim();
        if (name.Length == 0)
            return null;
        (string? sha256, SpecProblem? problem) = await FindAsync(db, name, spec, cancellationToken);
        if (sha256 is null)
            return problem;
        if (artifacts.Find(sha256) is null)
            return new SpecProblem(Field, $"The file of the weights \"{name}\" is gone: bring them in again.");
        run.WeightsSha256 = sha256;
        return null;
    }

    private static async Task<(string? Sha256, SpecProblem? Problem)> FindAsync(LabDbContext db, string name, RunSpec spec, CancellationToken cancellationToken)
    {
        Guid? id = Guid.TryParse(name, out Guid parsed) ? parsed : null;
        if (await db.WeightsFiles.SingleOrDefaultAsync(w => w.Name == name || w.Id == id, cancellationToken) is { } file)
            return Fits(file, spec) is { } unfit ? (null, unfit) : (file.Sha256, null);
        if (id is not null && await db.Runs.Where(r => r.Id == id).Select(r => r.Name).SingleOrDefaultAsync(cancellationToken) is { } run)
        {
            string? best = await db.Checkpoints.Where(c => c.RunId == id && (c.Kind == "best" || c.Kind == "last")).OrderBy(c => c.Kind).Select(c => c.Sha256).FirstOrDefaultAsync(cancellationToken);
            return best is null ? (null, new SpecProblem(Field, $"The run \"{run}\" has no checkpoint yet.")) : (best, null);
        }

        List<string> known = await db.WeightsFiles.OrderBy(w => w.Name).Select(w => w.Name).Take(20).ToListAsync(cancellationToken);
        return (null, new SpecProblem(Field, $"There are no weights \"{name}\"; known: {(known.Count == 0 ? "none yet, bring some in under Settings, Weights" : string.Join(", ", known))}. Or give the id of a run."));
    }

    /// <summary>What fits no known network may still be of a run's own layers: the worker finds out.</summary>
    private static SpecProblem? Fits(WeightsFile file, RunSpec spec)
    {
        string network = SpecField.Word(spec.Model.Backbone.Network);
        return file.Networks.Count == 0 || file.Networks.Contains(network) ? null
            : new SpecProblem(Field, $"The weights \"{file.Name}\" are of {string.Join(" or ", file.Networks)}, the backbone is {network}: choose that network, or other weights.");
    }
}
