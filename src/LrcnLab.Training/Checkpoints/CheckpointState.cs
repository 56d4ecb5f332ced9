using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Training.Checkpoints;

/// <summary>Where a training stands: together with the weights and the optimizer's tensors all that a bit-exact continuation needs. Random numbers are
/// functions of seed, epoch, sample and step, so there is no generator to keep.</summary>
public sealed record CheckpointState
{
    /// <summary>Raised when older programs cannot read the archive any more.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Optimizer updates done.</summary>
    public required long Step { get; init; }

    /// <summary>Whole epochs done.</summary>
    public required int Epoch { get; init; }

    /// <summary>Updates done in the running epoch.</summary>
    public required int StepInEpoch { get; init; }

    /// <summary>Value of the metric that decides what is best; null before the first validation.</summary>
    public double? Best { get; init; }

    /// <summary>The epoch that reached it.</summary>
    public int BestEpoch { get; init; }

    /// <summary>How long nothing has improved.</summary>
    public Progress Progress { get; init; } = new();

    /// <summary>The precision in which the run computes; chosen once.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Smallest validation loss so far.</summary>
    public double? LowestLoss { get; init; }

    /// <summary>Updates done before the optimizer's memory began: above 0 in a fork whose optimizer cannot take over its parent's.</summary>
    public long OptimizerStart { get; init; }

    /// <summary>Updates done before layers that were frozen at first began to learn; null while they are frozen, or where none are.</summary>
    public long? UnfrozenAt { get; init; }

    /// <summary>What guards multiplied the learning rate by.</summary>
    public double RateFactor { get; init; } = 1;

    /// <summary>What each guard rule has seen; shorter when the run has not begun.</summary>
    public IReadOnlyList<GuardState> Guards { get; init; } = [];

    public required string DatasetHash { get; init; }

    /// <summary>Newest value of each validation metric.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    public const int CurrentFormat = 1;
}

/// <summary>Everything in an archive but the tensors.</summary>
public sealed record CheckpointHeader(CheckpointState State, RunSpec Spec, IReadOnlyList<string> Classes);
