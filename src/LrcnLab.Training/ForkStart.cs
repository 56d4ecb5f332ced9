using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;

namespace LrcnLab.Training;

/// <summary>Where a run stands that begins with another run's checkpoint.</summary>
internal static class ForkStart
{
    /// <summary>
    /// Counts go on from the parent's, so that the fork's curves continue its. Nothing is best yet. With settings that change neither clips nor their order
    /// the fork does exactly what its parent would have done; else it begins at the start of the epoch that the parent was in.
    /// </summary>
    public static CheckpointState State(CheckpointHeader parent, TrainingJob job)
    {
        CheckpointState state = parent.State;
        string hash = job.Manifest.Hash();
        bool remembers = Remembers(parent.Spec, job.Spec);
        Precision asked = job.Spec.Resources.Precision;
        return state with
        {
            StepInEpoch = ResumeCheck.Refusal(parent, job.Spec, job.Manifest.Classes, hash) is null ? state.StepInEpoch : 0,
            OptimizerStart = remembers ? state.OptimizerStart : state.Step,
            UnfrozenAt = remembers ? state.UnfrozenAt : null,
            Best = null,
            BestEpoch = 0,
            Progress = new(),
            LowestLoss = null,
            DatasetHash = hash,
            Precision = asked == Precision.Auto ? state.Precision : asked,
        };
    }

    /// <summary>What is said in the log.</summary>
    public static string Report(Checkpoint parent, CheckpointState state)
    {
        CheckpointState from = parent.Header.State;
        string place = from.StepInEpoch == state.StepInEpoch ? "" : $" The epoch it was in began {from.StepInEpoch} steps before and is begun anew, as other settings decide its clips.";
        string memory = state.OptimizerStart < state.Step ? "" : " The optimizer is another one and begins without memory.";
        return $"The run begins with the checkpoint of step {from.Step}, epoch {from.Epoch}, of another run.{place}{memory}";
    }

    private static bool Remembers(RunSpec parent, RunSpec fork) =>
        Frozen(parent) == Frozen(fork) && parent.Optimizer.Kind == fork.Optimizer.Kind && parent.Optimizer.Momentum > 0 == fork.Optimizer.Momentum > 0 && parent.Optimizer.DecayEverything == fork.Optimizer.DecayEverything;

    private static (BackboneFreeze Freeze, string UpTo, int Epochs) Frozen(RunSpec spec) => (spec.Model.Backbone.Freeze, spec.Model.Backbone.FreezeUpTo, spec.Model.Backbone.FreezeEpochs);
}
