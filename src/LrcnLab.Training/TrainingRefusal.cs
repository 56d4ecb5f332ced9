using LrcnLab.Core.Datasets;
using LrcnLab.Core.Runs;
using LrcnLab.Training.Clips;

namespace LrcnLab.Training;

/// <summary>What makes a specification untrainable on a data set, beyond what the specification alone can tell.</summary>
public static class TrainingRefusal
{
    /// <returns>Null, or a sentence.</returns>
    public static string? Of(TrainingJob job)
    {
        DatasetManifest manifest = job.Manifest;
        if (manifest.Classes.Count < 2)
            return $"The data set {manifest.Name} has {manifest.Classes.Count} class; at least 2 are needed to learn a difference.";
        if (manifest.Samples.All(s => s.Split != Split.Train))
            return $"The data set {manifest.Name} has no clip in the train split.";
        long bytes = (long)job.Clips.ClipBytes * job.Spec.Training.BatchSize;
        if (bytes > Array.MaxLength)
            return $"A batch of {job.Spec.Training.BatchSize} clips has {bytes:N0} bytes, at most {Array.MaxLength:N0} are possible: take a smaller batch, shorter clips or smaller frames.";
        if (job.Resume is not null)
            return ResumeCheck.Refusal(job.Resume.Header, job.Spec, manifest.Classes, manifest.Hash());
        return job.Fork?.Header is { } parent && ForkRules.Problem(parent.Spec, parent.Classes, job.Spec, manifest.Classes, parent.State.Epoch) is { } problem ? $"{problem.Path}: {problem.Message}" : null;
    }
}
