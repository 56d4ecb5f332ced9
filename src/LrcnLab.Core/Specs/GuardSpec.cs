namespace LrcnLab.Core.Specs;

public sealed record GuardsSpec
{
    [Field("Rules", "Each is looked at after every step or epoch, and acts when its condition holds so often in a row.", Minimum = 0, Maximum = 20, Item = "rule")]
    public IReadOnlyList<GuardSpec> Rules { get; init; } = [];
}

/// <summary>One rule that watches a run.</summary>
public sealed record GuardSpec
{
    [Field("Watch", "validation is of an epoch, disk-free of every few seconds, the rest of a step; data-wait is the share of it that waits for clips, which starves a GPU.")]
    public GuardWatch Watch { get; init; } = GuardWatch.TrainLoss;

    [Field("When", "not-finite is NaN or infinite; flat means that the values in a row differ by no more than the bound.")]
    public GuardCondition When { get; init; } = GuardCondition.NotFinite;

    [Field("Bound", "For above, below and flat: in the unit of what is watched, a share from 0 to 1 for data-wait and accuracy, GiB for disk-free.", Unit = "of what is watched", Minimum = -1e9, Maximum = 1e9)]
    public double Bound { get; init; }

    [Field("In a row", "So many steps, or epochs for validation, the condition has to hold.", Unit = "times", Minimum = 1, Maximum = 100_000)]
    public int InARow { get; init; } = 1;

    [Field("Then", "notify goes on; lower-rate multiplies the learning rate and goes on; pause and stop do so through a checkpoint.")]
    public GuardAction Then { get; init; } = GuardAction.Stop;

    [Field("Factor", "What lower-rate multiplies the learning rate by.", Unit = "of the rate", Minimum = 1e-6, Maximum = 0.99)]
    public double Factor { get; init; } = 0.5;
}

public enum GuardWatch { TrainLoss, GradientNorm, ValidationLoss, ValidationAccuracy, DataWait, DiskFree }

public enum GuardCondition { NotFinite, Above, Below, Flat }

public enum GuardAction { Notify, LowerRate, Pause, Stop }
