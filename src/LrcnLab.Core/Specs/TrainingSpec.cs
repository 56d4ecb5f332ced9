namespace LrcnLab.Core.Specs;

public sealed record TrainingSpec
{
    [Field("Epochs", "How often the run sees every training clip.", Unit = "epochs", Minimum = 1, Maximum = 100_000)]
    public int Epochs { get; init; } = 20;

    [Field("Batch size", "Clips an update; memory grows with it.", Unit = "clips", Minimum = 1, Maximum = 4096)]
    public int BatchSize { get; init; } = 16;

    [Field("Accumulation", "Batches whose gradients are added up for one update: as a larger batch, without its memory.", Unit = "batches", Minimum = 1, Maximum = 4096, Advanced = true)]
    public int Accumulation { get; init; } = 1;

    [Field("Gradient clipping", "Gradients longer than this are shortened to it; 0 for off.", Unit = "norm", Minimum = 0, Maximum = 1e6)]
    public double GradientClip { get; init; }

    [Field("Clip values", "Each single gradient is limited to this, up and down, before the norm is; 0 for off.", Unit = "of gradient", Minimum = 0, Maximum = 1e6, Advanced = true)]
    public double GradientClipValue { get; init; }

    [Field("Label smoothing", "Share of certainty given to the other classes; makes overfitting slower.", Unit = "of certainty", Minimum = 0, Maximum = 0.9, Advanced = true)]
    public double LabelSmoothing { get; init; }

    [Field("Class weights", "balanced makes mistakes on rare classes cost more, so that all classes weigh the same.", Advanced = true)]
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    [Field("Order of clips", "shuffled sees every clip once an epoch; balanced sees every class equally often, repeating clips of rare classes.", Advanced = true)]
    public ClipOrder Order { get; init; } = ClipOrder.Shuffled;

    [Field("Mixup", "Blends each clip with another one, more with a larger value; 0 for off, 0.2 is common.", Unit = "alpha", Minimum = 0, Maximum = 10, Advanced = true)]
    public double Mixup { get; init; }

    [Field("Weight average", "Decay of a moving average of the weights, which is what gets validated and kept; 0 for off, 0.999 is common.", Unit = "a step", Minimum = 0, Maximum = 0.99999, Advanced = true)]
    public double Ema { get; init; }

    [Field("Sanity pass", "Validates two batches before the first step, so that a fault there shows at once and not after an epoch.", Advanced = true)]
    public bool SanityPass { get; init; } = true;

    [Field("Early stopping", "Ends the run when it no longer gets better.")]
    public EarlyStoppingSpec EarlyStopping { get; init; } = new();

    [Field("Seed", "Start of all random numbers: same specification, data and seed give the same run.", Minimum = 0, Maximum = int.MaxValue)]
    public int Seed { get; init; } = 1;
}

public enum ClassWeights { None, Balanced }

public enum ClipOrder { Shuffled, Balanced }

/// <summary>A metric of the validation split that can say which of two states is better.</summary>
public enum ValidationMetric { ValidationAccuracy, ValidationLoss, ValidationMeanClassAccuracy, ValidationMacroF1 }

public sealed record EarlyStoppingSpec
{
    [Field("Patience", "Epochs without improvement after which the run ends; 0 to never end early.", Unit = "epochs", Minimum = 0, Maximum = 100_000)]
    public int Patience { get; init; }

    [Field("Watched metric", "What has to improve.", Advanced = true)]
    public ValidationMetric Metric { get; init; } = ValidationMetric.ValidationLoss;

    [Field("Smallest change", "Improvements smaller than this do not count.", Unit = "of metric", Minimum = 0, Maximum = 100, Advanced = true)]
    public double MinimumChange { get; init; }
}

public sealed record EvaluationSpec
{
    [Field("Test views", "Clips that are taken from different places of each test video, whose probabilities are averaged; the test takes as many times longer.", Unit = "clips", Minimum = 1, Maximum = 64, Advanced = true)]
    public int TestViews { get; init; } = 1;

    [Field("View stride", "Tests with a clip from every so many frames on, over the whole video, whatever the test views say; the paper has 16 frames with stride 8; 0 for none.", Unit = "frames", Minimum = 0, Maximum = 512, Advanced = true)]
    public int ViewStride { get; init; }

    [Field("Baselines", "Before the first epoch, also measures what the most frequent class alone and a linear classifier on the mean of the backbone's first features reach.")]
    public bool Baselines { get; init; }
}

public sealed record CheckpointSpec
{
    [Field("Best by", "The validation metric that decides which checkpoint is the best.")]
    public ValidationMetric Best { get; init; } = ValidationMetric.ValidationAccuracy;

    [Field("Keep every", "Also keeps the checkpoint of every n-th epoch; 0 for none.", Unit = "epochs", Minimum = 0, Maximum = 100_000, Advanced = true)]
    public int KeepEveryEpochs { get; init; }

    [Field("Save every", "Also saves the last state every n steps within an epoch, so that less is lost when a machine fails; 0 for only after each epoch.", Unit = "steps", Minimum = 0, Maximum = 1_000_000, Advanced = true)]
    public int SaveEverySteps { get; init; }

    [Field("Verify resume", "Before the first step, checks that training continued from a checkpoint gives the same weights bit for bit; a few small steps, once for runs of one kind.", Advanced = true)]
    public bool VerifyResume { get; init; } = true;
}

public enum DeviceKind { Auto, Cpu, Cuda }

public enum Precision { Float32, Bfloat16, Auto }

public sealed record ResourceSpec
{
    [Field("Device", "auto takes a GPU where there is one, else the CPU.")]
    public DeviceKind Device { get; init; } = DeviceKind.Auto;

    [Field("Slots", "Slots of the CPU that the run occupies together, with the cores and the memory of all; a GPU is one.", Unit = "slots", Minimum = 1, Maximum = 64, Advanced = true)]
    public int Slots { get; init; } = 1;

    [Field("Time limit", "Ends the run, with what it has learned, after so many minutes on its slots; 0 for none.", Unit = "minutes", Minimum = 0, Maximum = 1_000_000, Advanced = true)]
    public int TimeLimitMinutes { get; init; }

    [Field("Threads", "CPU threads, 0 for all that the slot has; results are the same bit for bit only at the same number.", Unit = "threads", Minimum = 0, Maximum = 256, Advanced = true)]
    public int Threads { get; init; }

    [Field("Precision", "float32 is exact; bfloat16 halves the bits of convolutions and LSTM, faster on processors with instructions for it, far slower elsewhere; auto measures both first.", Advanced = true)]
    public Precision Precision { get; init; } = Precision.Float32;

    [Field("TF32", "Lets NVIDIA GPUs from 2020 on multiply float32 with fewer bits, much faster and slightly less exact; means nothing on a CPU.", Advanced = true)]
    public bool Tf32 { get; init; }

    [Field("Recompute frames", "Keeps no activations of the backbone but computes them again for this many frames at a time: less memory, about a third more time; 0 for off.", Unit = "frames", Minimum = 0, Maximum = 1_000_000, Advanced = true)]
    public int RecomputeFrames { get; init; }
}
