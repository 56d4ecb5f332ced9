namespace LrcnLab.Core.Specs;

/// <summary>Everything that decides what a run computes. Immutable; a run keeps the one it was queued with.</summary>
public sealed record RunSpec
{
    [Field("Data", "Which clips the run learns from, and what the network sees of them.")]
    public DataSpec Data { get; init; } = new();

    [Field("Augmentation", "Random changes to training clips; the same change for all frames of a clip, decided by seed, epoch and sample.")]
    public AugmentationSpec Augmentation { get; init; } = new();

    [Field("Model", "The network: a CNN on every frame, a recurrent network over time, a classifier.")]
    public ModelSpec Model { get; init; } = new();

    [Field("Optimizer", "How gradients become updates.")]
    public OptimizerSpec Optimizer { get; init; } = new();

    [Field("Learning-rate schedule", "How the learning rate changes from step to step.")]
    public ScheduleSpec Schedule { get; init; } = new();

    [Field("Training", "How long and in what portions the run learns.")]
    public TrainingSpec Training { get; init; } = new();

    [Field("Evaluation", "How the finished model is tested.")]
    public EvaluationSpec Evaluation { get; init; } = new();

    [Field("Checkpoints", "What is kept of what was learned.")]
    public CheckpointSpec Checkpoints { get; init; } = new();

    [Field("Guards", "Rules that watch the run while nobody does.")]
    public GuardsSpec Guards { get; init; } = new();

    [Field("Resources", "Where the run computes.")]
    public ResourceSpec Resources { get; init; } = new();
}
