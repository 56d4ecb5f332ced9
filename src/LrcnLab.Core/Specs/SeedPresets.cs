namespace LrcnLab.Core.Specs;

/// <summary>What a newcomer begins with, and what this lab began with.</summary>
internal static class SeedPresets
{
    public static Preset QuickStart { get; } = new(
        "quick-start",
        "Quick start",
        "A small LRCN that learns the sample in a few minutes on two CPU cores.",
        "LrcnLab; three convolutions with batch norm on what moves in a clip, and an LSTM; sized for a CPU.",
        new RunSpec
        {
            Data = new DataSpec { ClipLength = 10, Width = 64, Height = 48, Color = ColorMode.Gray, Normalization = ClipNormalization.Motion },
            Augmentation = new AugmentationSpec { Shift = 0.05, TimeJitter = true },
            Model = new ModelSpec
            {
                Backbone = new BackboneSpec
                {
                    Convolutions =
                    [
                        new() { Filters = 16, Kernel = 5, Stride = 2, Pool = 2 },
                        new() { Filters = 32, Pool = 2 },
                        new() { Filters = 64, Pool = 2 },
                    ],
                    Normalization = FrameNormalization.Batch,
                    Dropout = 0.2,
                },
                Sequence = new SequenceSpec { Hidden = 128, Readout = Readout.Mean },
            },
            Optimizer = new OptimizerSpec { LearningRate = 1e-3 },
            Schedule = new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupSteps = 50 },
            Training = new TrainingSpec { Epochs = 12, BatchSize = 16, GradientClip = 5 },
        });

    public static Preset KerasPost { get; } = new(
        "keras-post",
        "LRCN (Keras post)",
        "The LRCN of the Keras post this lab grew from: eight convolutions, LSTM 512. Its learning rate of 1e-5 learns very slowly.",
        "kobiso.github.io, \"LRCN in Keras\", after five-video-classification-methods; Keras padding, initialisers and input dropout.",
        new RunSpec
        {
            Data = new DataSpec { ClipLength = 40, Width = 80, Height = 80 },
            Model = new ModelSpec
            {
                Backbone = new BackboneSpec
                {
                    Convolutions =
                    [
                        new() { Filters = 32, Kernel = 7, Stride = 2 },
                        new() { Filters = 32, Padding = Padding.Valid, Initializer = WeightInitializer.HeNormal, Pool = 2 },
                        new() { Filters = 64 },
                        new() { Filters = 64, Pool = 2 },
                        new() { Filters = 128 },
                        new() { Filters = 128, Pool = 2 },
                        new() { Filters = 256 },
                        new() { Filters = 256, Pool = 2 },
                    ],
                    Dropout = 0.7,
                },
                Sequence = new SequenceSpec { Hidden = 512, InputDropout = 0.5 },
            },
            Optimizer = new OptimizerSpec { LearningRate = 1e-5, Epsilon = 1e-7, EpsilonRule = EpsilonRule.Keras },
            Schedule = new ScheduleSpec { Kind = ScheduleKind.InverseTime, Decay = 1e-6 },
            Training = new TrainingSpec { Epochs = 100, BatchSize = 32 },
        },
        Differs: "Every training clip is seen once an epoch and every validation clip is counted; the code that the post builds on draws both with replacement.");
}
