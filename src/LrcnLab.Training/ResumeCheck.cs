using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;

namespace LrcnLab.Training;

/// <summary>Whether a run may continue from a checkpoint.</summary>
public static class ResumeCheck
{
    /// <summary>
    /// Model, data, augmentation, batch size, seed and optimizer must be the same, as state and order depend on them.
    /// What may change: epochs, schedule, learning rate, clipping, smoothing, early stopping, checkpoints, resources.
    /// </summary>
    /// <returns>Null, or a sentence that names what differs.</returns>
    public static string? Refusal(CheckpointHeader checkpoint, RunSpec spec, IReadOnlyList<string> classes, string datasetHash)
    {
        if (!checkpoint.Classes.SequenceEqual(classes))
            return $"The checkpoint knows {checkpoint.Classes.Count} classes ({Shorten(checkpoint.Classes)}), the data set has {classes.Count} ({Shorten(classes)}).";
        if (ModelDifference.Refusal(checkpoint.Spec, spec, classes.Count) is string otherModel)
            return otherModel;
        if (checkpoint.State.DatasetHash != datasetHash)
            return $"The checkpoint was trained on another version of the data set (hash {Head(checkpoint.State.DatasetHash)}, here {Head(datasetHash)}).";
        SpecChange? clips = SpecDiff.Between(checkpoint.Spec, spec).FirstOrDefault(c => DecidesClips(c.Path));
        if (clips is not null)
            return $"The checkpoint was trained with {clips.Path} {clips.From}, the specification says {clips.To}.";
        foreach (var (name, before, after) in Fixed(checkpoint.Spec).Zip(Fixed(spec), (a, b) => (a.Name, a.Value, b.Value)))
        {
            if (!Equals(before, after))
                return $"The checkpoint was trained with {name} {before}, the specification says {after}.";
        }

        return null;
    }

    /// <summary>The name of the data set does not: its content was compared before.</summary>
    private static bool DecidesClips(string path) =>
        path.StartsWith("augmentation.", StringComparison.Ordinal) || path.StartsWith("data.", StringComparison.Ordinal) && path is not ("data.dataset" or "data.allowLeaks");

    private static IEnumerable<(string Name, object Value)> Fixed(RunSpec spec) =>
    [
        ("training.batchSize", spec.Training.BatchSize),
        ("training.accumulation", spec.Training.Accumulation),
        ("training.order", spec.Training.Order),
        ("training.mixup", spec.Training.Mixup),
        ("training.ema above 0", spec.Training.Ema > 0),
        ("training.seed", spec.Training.Seed),
        ("model.backbone.freeze", spec.Model.Backbone.Freeze),
        ("model.backbone.freezeUpTo", spec.Model.Backbone.FreezeUpTo),
        ("model.backbone.freezeEpochs", spec.Model.Backbone.FreezeEpochs),
        ("optimizer.kind", spec.Optimizer.Kind),
        ("optimizer.momentum above 0", spec.Optimizer.Momentum > 0),
    ];

    private static string Head(string hash) => hash[..Math.Min(12, hash.Length)];

    private static string Shorten(IReadOnlyList<string> classes) => string.Join(", ", classes.Take(4)) + (classes.Count > 4 ? ", …" : "");
}
