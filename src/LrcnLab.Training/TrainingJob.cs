using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Features;

namespace LrcnLab.Training;

/// <summary>Everything that one attempt of a run needs. Events go to <see cref="Emit"/>, files to <see cref="Output"/>.</summary>
public sealed record TrainingJob
{
    public required RunSpec Spec { get; init; }
    public required DatasetManifest Manifest { get; init; }

    /// <summary>Clips from prepared frames, or from the kept features of a frozen backbone.</summary>
    public required ClipSource Clips { get; init; }

    /// <summary>What keeping features saves; null where they are computed at each step.</summary>
    public FeatureSaving? Saving { get; init; }

    /// <summary>The run's folder.</summary>
    public required string Output { get; init; }

    /// <summary>Called on the training thread; sequence and time are stamped by the receiver.</summary>
    public required Action<WorkerEvent> Emit { get; init; }

    /// <summary>Where to continue from; null for a fresh start.</summary>
    public Checkpoint? Resume { get; init; }

    /// <summary>The checkpoint of another run that a run without one of its own begins with; null for a fresh start.</summary>
    public Checkpoint? Fork { get; init; }

    /// <summary>The best checkpoint so far of a run that goes on elsewhere than where it was written; null when there is none.</summary>
    public string? Best { get; init; }

    /// <summary>What a fresh start begins with; null for random weights.</summary>
    public InitialWeights? Weights { get; init; }

    /// <summary>Where <see cref="ResumeMemo"/> remembers; null to try each time.</summary>
    public string? ResumeChecks { get; init; }

    public StopSignal Signal { get; init; } = new();

    /// <summary>Deletes checkpoints that newer ones replace; false where somebody else keeps the files.</summary>
    public bool Prune { get; init; } = true;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
