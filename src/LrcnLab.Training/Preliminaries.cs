using LrcnLab.Core.Datasets;
using LrcnLab.Training.Baselines;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Evaluation;
using LrcnLab.Training.Models;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>What a run does before its first step, each where the specification asks for it.</summary>
internal sealed class Preliminaries(TrainingJob job, Evaluator evaluator, RunReport report, Device device)
{
    private const int SanityBatches = 2;

    /// <param name="state">Of a run that has not begun.</param>
    /// <param name="create">Makes a learner in its initial state.</param>
    /// <param name="train">Indices of the train split.</param>
    public void VerifyResume(CheckpointState state, Func<Learner> create, int[] train)
    {
        if (!job.Spec.Checkpoints.VerifyResume)
            return;
        var memo = new ResumeMemo(job, device, state.Precision);
        report.CheckIn(state, "verifying resume", force: true);
        string? different = memo.IsKnown ? null : ResumeProbe.Run(job, create, train, state);
        if (different is null)
            memo.Remember();
        report.ResumeVerified(different);
    }

    /// <summary>A validation that fails had better do so before the first epoch than after it.</summary>
    public void PassSanity(CheckpointState state, LrcnModel model)
    {
        if (!job.Spec.Training.SanityPass || evaluator.Indices(Split.Validation).Length == 0)
            return;
        report.CheckIn(state, "sanity pass", force: true);
        evaluator.Evaluate(model, Split.Validation, views: 1, stride: 0, (done, _) => done < SanityBatches * job.Spec.Training.BatchSize && job.Signal.Request == StopRequest.None);
    }

    /// <summary>Abandoned when the run is asked to end, and then done when it goes on.</summary>
    public void MeasureBaselines(CheckpointState state, LrcnModel model)
    {
        if (!job.Spec.Evaluation.Baselines)
            return;
        report.CheckIn(state, "baselines", force: true);
        Dictionary<string, double>? values = RunBaselines.Measure(job, evaluator, model, device, () =>
        {
            report.CheckIn(state, "baselines");
            return job.Signal.Request == StopRequest.None;
        });
        if (values is not null)
            report.Baselines(state, values);
    }
}
