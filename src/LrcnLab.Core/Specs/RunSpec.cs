namespace LrcnLab.Core.Specs;

/// <summary>Everything that decides what a run computes. Immutable; a run keeps the one it was queued with.</summary>
public sealed record RunSpec
{
    [Field("Data", "Which clips the run learns from, and what the network sees of them.")]
    public DataSpec Data { get; init; } = new();

    [Field("Augmentation", "Random changes to training clips; the same change for all frames of a clip, decided by seed, epoch and sample.")]
    public AugmentationSpec Augmentation { get; init; } = new();

    [Field("Model", "The network: a CNN on every frame, LSTMs over time, a classifier.")]
    public ModelSpec Model { get; init; } = new();

    [Field("Optimizer", "How gradients become updates.")]
    public OptimizerSpec Optimizer { get; init; } = new();

    [Field("Learning-rate schedule", "How the learning rate changes from step to step.")]
    public ScheduleSpec Schedule { get; init; } = new();

    [Field("Training", "How long and in what portions the run learns.")]
    public TrainingSpec Training { get; init; } = new();

    [Field("Checkpoints", "What is kept of what was learned.")]
    public CheckpointSpec Checkpoints { get; init; } = new();

    [Field("Resources", "Where the run computes.")]
    public ResourceSpec Resources { get; init; } = new();
}

public enum ColorMode { Rgb, Gray }

public enum ClipSampling { Uniform, Contiguous }

public enum ClipNormalization { Unit, PerClip, Motion }

public sealed record DataSpec
{
    [Field("Data set", "Name or id of the data set; its newest version is used and recorded with the run.", Minimum = 1, Maximum = 200)]
    public string Dataset { get; init; } = "moving-garments";

    [Field("Clip length", "How many frames of a video the network sees at once.", Unit = "frames", Minimum = 1, Maximum = 512)]
    public int ClipLength { get; init; } = 16;

    [Field("Sampling", "uniform spreads the frames over the whole video; contiguous takes neighbours, frame interval apart.")]
    public ClipSampling Sampling { get; init; } = ClipSampling.Uniform;

    [Field("Frame interval", "Distance between the frames of a contiguous clip; uniform sampling ignores it.", Unit = "frames", Minimum = 1, Maximum = 64, Advanced = true)]
    public int FrameInterval { get; init; } = 1;

    [Field("Frame width", "Frames are resized to this width; cost grows with the area.", Unit = "px", Minimum = 8, Maximum = 512)]
    public int Width { get; init; } = 80;

    [Field("Frame height", "Frames are resized to this height; cost grows with the area.", Unit = "px", Minimum = 8, Maximum = 512)]
    public int Height { get; init; } = 80;

    [Field("Colour", "Grey frames are three times cheaper to read and lose nothing when colour carries no meaning.")]
    public ColorMode Color { get; init; } = ColorMode.Rgb;

    [Field("Normalisation", "unit maps pixels to 0..1; per-clip gives each clip mean 0 and deviation 1; motion takes from each pixel its mean over time, which leaves what moves.")]
    public ClipNormalization Normalization { get; init; } = ClipNormalization.Unit;

    /// <summary>Channels of a frame: 3 for RGB, 1 for grey.</summary>
    public int Channels() => Color == ColorMode.Rgb ? 3 : 1;
}

public sealed record AugmentationSpec
{
    [Field("Shift", "Moves the picture by up to this share of its size in each direction.", Unit = "of size", Minimum = 0, Maximum = 0.5)]
    public double Shift { get; init; }

    [Field("Mirror", "Mirrors half of the clips left to right; wrong where left and right differ in meaning.")]
    public bool HorizontalFlip { get; init; }

    [Field("Brightness", "Changes brightness by up to this share.", Unit = "of range", Minimum = 0, Maximum = 1, Advanced = true)]
    public double Brightness { get; init; }

    [Field("Contrast", "Changes contrast by up to this share.", Unit = "of contrast", Minimum = 0, Maximum = 0.95, Advanced = true)]
    public double Contrast { get; init; }

    [Field("Time jitter", "Draws each frame at random within its part of the video instead of from the middle.")]
    public bool TimeJitter { get; init; }
}

public sealed record ModelSpec
{
    [Field("Backbone", "The convolutional network that turns each frame into a feature vector.")]
    public BackboneSpec Backbone { get; init; } = new();

    [Field("LSTM", "The recurrent network that reads the feature vectors in order.")]
    public LstmSpec Lstm { get; init; } = new();
}

public enum Padding { Same, Valid }

public enum WeightInitializer { GlorotUniform, HeNormal }

public enum FrameNormalization { None, Batch }

public enum FeaturePooling { Flatten, Average }

/// <summary>One convolution with its activation and, when <see cref="Pool"/> is above 1, a max-pooling of that size and stride after it.</summary>
public sealed record ConvolutionSpec
{
    [Field("Filters", "Output channels; parameters and time grow with it.", Minimum = 1, Maximum = 2048)]
    public int Filters { get; init; } = 32;

    [Field("Kernel", "Side of the square kernel.", Unit = "px", Minimum = 1, Maximum = 15)]
    public int Kernel { get; init; } = 3;

    [Field("Stride", "Step of the kernel; 2 halves width and height.", Unit = "px", Minimum = 1, Maximum = 8)]
    public int Stride { get; init; } = 1;

    [Field("Padding", "same keeps the size (as Keras pads: the extra pixel goes right and bottom); valid shrinks it by kernel - 1.")]
    public Padding Padding { get; init; } = Padding.Same;

    [Field("Pool", "Max-pooling after the activation, this large and with this stride; 1 for none.", Unit = "px", Minimum = 1, Maximum = 8)]
    public int Pool { get; init; } = 1;

    [Field("Initialiser", "How the weights start; he-normal suits rectified activations, glorot-uniform is Keras' default.")]
    public WeightInitializer Initializer { get; init; } = WeightInitializer.GlorotUniform;
}

public sealed record BackboneSpec
{
    [Field("Convolutions", "The layers in order, first at the frame.", Minimum = 1, Maximum = 32)]
    public IReadOnlyList<ConvolutionSpec> Convolutions { get; init; } = [new() { Pool = 2 }];

    [Field("Normalisation", "batch adds a batch norm after each convolution: faster and steadier learning, a little more time a step.")]
    public FrameNormalization Normalization { get; init; } = FrameNormalization.None;

    [Field("Features", "flatten keeps where things are in the frame; average keeps only what is there and needs far fewer LSTM weights.")]
    public FeaturePooling Features { get; init; } = FeaturePooling.Flatten;

    [Field("Dropout", "Share of feature values set to zero while training, drawn anew for each value.", Unit = "of values", Minimum = 0, Maximum = 0.95)]
    public double Dropout { get; init; }
}

public enum Readout { Last, Mean, EveryStep }

public sealed record LstmSpec
{
    [Field("Hidden units", "Size of the memory; parameters grow with its square.", Unit = "units", Minimum = 1, Maximum = 4096)]
    public int Hidden { get; init; } = 256;

    [Field("Layers", "LSTMs stacked on each other.", Minimum = 1, Maximum = 8)]
    public int Layers { get; init; } = 1;

    [Field("Input dropout", "Share of LSTM inputs set to zero while training, the same ones at all time steps (as Keras does).", Unit = "of inputs", Minimum = 0, Maximum = 0.95)]
    public double InputDropout { get; init; }

    [Field("Read-out", "last classifies the final state; mean the average state; every-step classifies at each frame and averages the probabilities (as the paper does).")]
    public Readout Readout { get; init; } = Readout.Last;
}

public enum OptimizerKind { Adam, AdamW, Sgd, RmsProp }

public sealed record OptimizerSpec
{
    [Field("Method", "Adam suits most first runs; SGD with momentum is what the paper used.")]
    public OptimizerKind Kind { get; init; } = OptimizerKind.Adam;

    [Field("Learning rate", "Size of each update: too small learns nothing, too large diverges.", Minimum = 1e-8, Maximum = 10)]
    public double LearningRate { get; init; } = 1e-3;

    [Field("Momentum", "Share of the last update that is repeated; used by SGD and RMSprop.", Minimum = 0, Maximum = 0.9999, Advanced = true)]
    public double Momentum { get; init; } = 0.9;

    [Field("Weight decay", "Pulls weights towards zero; not applied to biases and norms.", Minimum = 0, Maximum = 1)]
    public double WeightDecay { get; init; }

    [Field("Epsilon", "Keeps Adam and RMSprop from dividing by zero.", Minimum = 1e-12, Maximum = 1, Advanced = true)]
    public double Epsilon { get; init; } = 1e-7;
}

public enum ScheduleKind { Constant, Cosine, Step, InverseTime }

public sealed record ScheduleSpec
{
    [Field("Shape", "constant; cosine falls to zero at the end; step multiplies by the factor every so many epochs; inverse-time is Keras' decay.")]
    public ScheduleKind Kind { get; init; } = ScheduleKind.Constant;

    [Field("Warm-up", "Steps over which the learning rate rises from zero.", Unit = "steps", Minimum = 0, Maximum = 1_000_000, Advanced = true)]
    public int WarmupSteps { get; init; }

    [Field("Step every", "Epochs between two drops of the step schedule.", Unit = "epochs", Minimum = 1, Maximum = 100_000, Advanced = true)]
    public int StepEpochs { get; init; } = 30;

    [Field("Step factor", "What the learning rate is multiplied with at each drop.", Minimum = 0, Maximum = 1, Advanced = true)]
    public double StepFactor { get; init; } = 0.1;

    [Field("Decay", "Inverse-time schedule: rate / (1 + decay x step).", Unit = "a step", Minimum = 0, Maximum = 1, Advanced = true)]
    public double Decay { get; init; }
}

public sealed record TrainingSpec
{
    [Field("Epochs", "How often the run sees every training clip.", Unit = "epochs", Minimum = 1, Maximum = 100_000)]
    public int Epochs { get; init; } = 20;

    [Field("Batch size", "Clips an update; memory grows with it.", Unit = "clips", Minimum = 1, Maximum = 4096)]
    public int BatchSize { get; init; } = 16;

    [Field("Gradient clipping", "Gradients longer than this are shortened to it; 0 for off.", Unit = "norm", Minimum = 0, Maximum = 1e6)]
    public double GradientClip { get; init; }

    [Field("Label smoothing", "Share of certainty given to the other classes; makes overfitting slower.", Unit = "of certainty", Minimum = 0, Maximum = 0.9, Advanced = true)]
    public double LabelSmoothing { get; init; }

    [Field("Seed", "Start of all random numbers: same specification, data and seed give the same run.", Minimum = 0, Maximum = int.MaxValue)]
    public int Seed { get; init; } = 1;
}

public sealed record CheckpointSpec
{
    [Field("Best by", "The validation metric that decides which checkpoint is the best.")]
    public BestMetric Best { get; init; } = BestMetric.ValidationAccuracy;

    [Field("Keep every", "Also keeps the checkpoint of every n-th epoch; 0 for none.", Unit = "epochs", Minimum = 0, Maximum = 100_000, Advanced = true)]
    public int KeepEveryEpochs { get; init; }

    [Field("Save every", "Also saves the last state every n steps within an epoch, so that less is lost when a machine fails; 0 for only after each epoch.", Unit = "steps", Minimum = 0, Maximum = 1_000_000, Advanced = true)]
    public int SaveEverySteps { get; init; }
}

public enum BestMetric { ValidationAccuracy, ValidationLoss }

public enum DeviceKind { Auto, Cpu, Cuda }

public sealed record ResourceSpec
{
    [Field("Device", "auto takes a GPU where there is one, else the CPU.")]
    public DeviceKind Device { get; init; } = DeviceKind.Auto;

    [Field("Threads", "CPU threads, 0 for all that the slot has; results are the same bit for bit only at the same number.", Unit = "threads", Minimum = 0, Maximum = 256, Advanced = true)]
    public int Threads { get; init; }
}
