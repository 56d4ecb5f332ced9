using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Evaluation;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>The test at the end of a training, with the best weights it had.</summary>
internal static class FinalTest
{
    /// <summary>Does nothing where there is no test split.</summary>
    public static void Run(TrainingJob job, Learner learner, Evaluator evaluator, RunReport report, RunFiles files, CheckpointState state)
    {
        if (evaluator.Indices(Split.Test).Length == 0)
            return;
        using var scope = NewDisposeScope();
        if (state.Best is not null && TakeBestWeights(job, learner, files) is string refusal)
            report.Log(LogLevel.Warning, $"The test uses the last weights instead of the best: {refusal}");

        EvaluationResult test = evaluator.Evaluate(learner.Model, Split.Test, job.Spec.Evaluation.TestViews, job.Spec.Evaluation.ViewStride, (_, _) =>
        {
            report.CheckIn(state, "test");
            return true;
        })!;
        report.Evaluated(state, state.Epoch, Split.Test, test, TimeSpan.Zero);
        job.Emit(files.WritePredictions(Split.Test, state.Epoch, test.Predictions));
    }

    /// <returns>Null, or a sentence that says why there are none.</returns>
    private static string? TakeBestWeights(TrainingJob job, Learner learner, RunFiles files)
    {
        if (files.ReadBestWeights() is { } kept)
            return learner.TakeWeights(kept);
        if (job.Best is null)
            return "they are not in the run's folder any more";
        var (checkpoint, refusal) = Checkpoint.Read(job.Best);
        using (checkpoint)
            return checkpoint is null ? refusal : learner.TakeWeights(checkpoint.Weights);
    }
}
