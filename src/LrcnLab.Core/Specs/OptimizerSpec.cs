namespace LrcnLab.Core.Specs;

public enum OptimizerKind { Adam, AdamW, Sgd, RmsProp }

public sealed record OptimizerSpec
{
    [Field("Method", "Adam suits most first runs; SGD with momentum is what the paper used.")]
    public OptimizerKind Kind { get; init; } = OptimizerKind.Adam;

    [Field("Learning rate", "Size of each update: too small learns nothing, too large diverges.", Minimum = 1e-8, Maximum = 10)]
    public double LearningRate { get; init; } = 1e-3;

    [Field("Backbone's rate", "Factor on the learning rate of the backbone: 0.1 is common where its weights were learned elsewhere.", Unit = "times", Minimum = 0, Maximum = 100, Advanced = true)]
    public double BackboneRate { get; init; } = 1;

    [Field("Classifier's rate", "Factor on the learning rate of the classifier: the paper's code has 10.", Unit = "times", Minimum = 0, Maximum = 100, Advanced = true)]
    public double HeadRate { get; init; } = 1;

    [Field("Biases' rate", "Factor on the learning rate of all biases, besides that of their part: the paper's code has 2.", Unit = "times", Minimum = 0, Maximum = 100, Advanced = true)]
    public double BiasRate { get; init; } = 1;

    [Field("Momentum", "Share of the last update that is repeated; used by SGD and RMSprop.", Minimum = 0, Maximum = 0.9999, Advanced = true)]
    public double Momentum { get; init; } = 0.9;

    [Field("Weight decay", "Pulls weights towards zero; biases and norms are spared.", Minimum = 0, Maximum = 1)]
    public double WeightDecay { get; init; }

    [Field("Decay everything", "Applies weight decay to biases and norms too.", Advanced = true)]
    public bool DecayEverything { get; init; }

    [Field("Epsilon", "Keeps Adam and RMSprop from dividing by zero.", Minimum = 1e-12, Maximum = 1, Advanced = true)]
    public double Epsilon { get; init; } = 1e-7;

    [Field("Epsilon rule", "Where Adam adds epsilon: pytorch after the correction of its start, keras before it, which makes the first steps smaller.", Advanced = true)]
    public EpsilonRule EpsilonRule { get; init; } = EpsilonRule.Pytorch;
}

public enum EpsilonRule { Pytorch, Keras }

public enum ScheduleKind { Constant, Cosine, Step, MultiStep, InverseTime }

public sealed record ScheduleSpec
{
    [Field("Shape", "constant; cosine falls to zero at the end; step multiplies by the factor every so many epochs; multi-step does so at the milestones; inverse-time is Keras' decay.")]
    public ScheduleKind Kind { get; init; } = ScheduleKind.Constant;

    [Field("Warm-up", "Steps over which the learning rate rises from zero.", Unit = "steps", Minimum = 0, Maximum = 1_000_000, Advanced = true)]
    public int WarmupSteps { get; init; }

    [Field("Step every", "Epochs between two drops of the step schedule.", Unit = "epochs", Minimum = 1, Maximum = 100_000, Advanced = true)]
    public int StepEpochs { get; init; } = 30;

    [Field("Milestones", "Epochs after which the multi-step schedule drops, such as 30, 60, 80.", Unit = "epochs", Minimum = 1, Maximum = 100_000, Advanced = true)]
    public IReadOnlyList<int> Milestones { get; init; } = [];

    [Field("Step factor", "What the learning rate is multiplied with at each drop.", Minimum = 0, Maximum = 1, Advanced = true)]
    public double StepFactor { get; init; } = 0.1;

    [Field("Decay", "Inverse-time schedule: rate / (1 + decay x step).", Unit = "a step", Minimum = 0, Maximum = 1, Advanced = true)]
    public double Decay { get; init; }
}
