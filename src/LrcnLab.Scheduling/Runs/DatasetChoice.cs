using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>The data that a specification names.</summary>
internal static class DatasetChoice
{
    /// <summary>The newest version of the data set, or what is wrong with the name.</summary>
    public static async Task<(DatasetVersion? Version, SpecProblem? Problem)> FindAsync(LabDbContext db, RunSpec spec, CancellationToken cancellationToken)
    {
        string wanted = spec.Data.Dataset;
        Guid? datasetId = Guid.TryParse(wanted, out Guid id) ? id : null;
        DatasetVersion? version = await db.DatasetVersions.AsNoTracking()
            .Where(v => v.Dataset.Name == wanted || v.DatasetId == datasetId)
            .OrderByDescending(v => v.Number)
            .FirstOrDefaultAsync(cancellationToken);
        if (version is not null)
            return (version, null);
        List<string> known = await db.Datasets.OrderBy(d => d.Name).Select(d => d.Name).Take(20).ToListAsync(cancellationToken);
        string choice = known.Count == 0 ? "There is none yet: import one first." : $"Known are {string.Join(", ", known)}.";
        return (null, new SpecProblem("data.dataset", $"There is no data set \"{wanted}\". {choice}"));
    }

    /// <summary>Why nothing can be learned from it, or should not be without consent; null when it can.</summary>
    public static SpecProblem? Unfit(DatasetVersion version, RunSpec spec)
    {
        string wanted = spec.Data.Dataset;
        if (version.TrainCount == 0)
            return new SpecProblem("data.dataset", $"The data set \"{wanted}\" has no sample in its train split, so there is nothing to learn from.");
        if (version.Task != DatasetTask.ActivityRecognition)
            return new SpecProblem("data.dataset", $"\"{wanted}\" has sentences and no classes, and activity recognition needs classes: choose a data set with at least two.");
        return !spec.Data.AllowLeaks && VersionLeaks.Of(version) is { IsLeaking: true } leaks
            ? new SpecProblem("data.allowLeaks", $"{leaks.Refusal($"version {version.Number} of \"{wanted}\"")} Or accept that: data.allowLeaks, in the form the box beside the data set.")
            : null;
    }
}
