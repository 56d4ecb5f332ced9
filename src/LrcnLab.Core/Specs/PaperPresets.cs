namespace LrcnLab.Core.Specs;

/// <summary>LRCN as the paper has it (arXiv 1411.4389v4 §4), as its released Caffe code has it, and on other networks for the frames.</summary>
internal static class PaperPresets
{
    private const string Warped = "Frames are scaled so that 227 px fill the height and the middle is kept, then shifted at random; the source crops 227 px at random from 320x240. Weights start at random unless some are chosen; the source's began with ImageNet's.";

    public static IReadOnlyList<Preset> All { get; } =
    [
        new(
            "lrcn-paper", "LRCN (paper)", "The paper's network on colour frames: its own base up to fc6, LSTM 256, a prediction at every step.", "Paper (arXiv 1411.4389v4) §4 and table 1; layers of the base from train_test_lstm_RGB.prototxt.",
            Paper(ColorMode.Rgb, 256, clip: 5, dropAfter: 25, epochs: 75),
            "UCF101, mean of 3 splits: 68.20 % (single frame 67.37 %).", Warped),
        new(
            "lrcn-paper-flow", "LRCN (paper, flow)", "The same on optical flow, with 1024 units; its probabilities are meant to be blended with those on colour.", "Paper (arXiv 1411.4389v4) §4 and table 1.",
            Paper(ColorMode.Flow, 1024, clip: 15, dropAfter: 50, epochs: 176),
            "UCF101, mean of 3 splits: 77.28 %; blended with colour 1/3, 2/3: 82.34 %.", "The flow is TV-L1 instead of Brox's. " + Warped),
        new(
            "lrcn-released", "LRCN (released code)", "The paper's network with the released solver: faster classifier and biases, dropout behind the LSTM.", "Caffe fork lisa-caffe-public, branch lstm_video_deploy: lstm_solver_RGB.prototxt, train_test_lstm_RGB.prototxt.",
            Released(),
            "UCF101 split 1, CVPR version of the paper: 71.12 %.", "Clips that are not mirrored are cropped as the others are; the code squeezes them. " + Warped),
        new(
            "single-frame", "Single frame (paper)", "The paper's baseline and its first phase: the base alone, each frame by itself, probabilities averaged over the video.", "Paper (arXiv 1411.4389v4) §4; train_test_singleFrame_RGB.prototxt.",
            SingleFrame(),
            "UCF101, mean of 3 splits: 67.37 % on colour, 74.37 % on flow.", Warped),
        new(
            "vgg16-lrcn", "LRCN on VGG-16", "VGG-16 up to fc6 on every frame, LSTM 256; slow without a GPU.", "VGG-16 (arXiv 1409.1556) in the paper's place for the base, as the paper does for captions (§5).",
            OnPublicWeights(BackboneNetwork.Vgg16, BackboneOutput.Fc6, batch: 8), Differs: "The paper has no activity recognition with VGG-16. The backbone is frozen for 5 epochs and then learns at a tenth of the rate; it wants ImageNet's weights."),
        new(
            "resnet18-lrcn", "LRCN on ResNet-18", "ResNet-18 on every frame, LSTM 256: far cheaper than VGG-16, and stronger.", "ResNet (arXiv 1512.03385) in the place of the paper's base.",
            OnPublicWeights(BackboneNetwork.Resnet18, BackboneOutput.Pool, batch: 16), Differs: "Younger than the paper. The backbone is frozen for 5 epochs and then learns at a tenth of the rate; it wants ImageNet's weights."),
        new(
            "mobilenet-lrcn", "LRCN on MobileNetV2", "MobileNetV2, frozen, and an LSTM that learns: what a CPU can do with ImageNet's weights.", "MobileNetV2 (arXiv 1801.04381) in the place of the paper's base.",
            Frozen(OnPublicWeights(BackboneNetwork.MobilenetV2, BackboneOutput.Pool, batch: 16)), Differs: "Younger than the paper; only LSTM and classifier learn. It wants ImageNet's weights."),
    ];

    private static RunSpec Paper(ColorMode color, int hidden, double clip, int dropAfter, int epochs) => new()
    {
        Data = new DataSpec { ClipLength = 16, Sampling = ClipSampling.Contiguous, Width = 227, Height = 227, Fit = FrameFit.Crop, Color = color },
        Augmentation = new AugmentationSpec { Shift = 0.05, HorizontalFlip = true, TimeJitter = true },
        Model = new ModelSpec
        {
            Backbone = new BackboneSpec { Network = BackboneNetwork.LrcnCaffe, Output = BackboneOutput.Fc6, Dropout = 0.9 },
            Sequence = new SequenceSpec { Hidden = hidden, Readout = Readout.EveryStep },
        },
        Optimizer = new OptimizerSpec { Kind = OptimizerKind.Sgd, LearningRate = 1e-3, Momentum = 0.9, WeightDecay = 0.005 },
        Schedule = new ScheduleSpec { Kind = ScheduleKind.Step, StepEpochs = dropAfter, StepFactor = 0.1 },
        Training = new TrainingSpec { Epochs = epochs, BatchSize = 24, GradientClip = clip },
        Evaluation = new EvaluationSpec { ViewStride = 8 },
    };

    private static RunSpec Released()
    {
        RunSpec paper = Paper(ColorMode.Rgb, 256, clip: 5, dropAfter: 25, epochs: 75);
        return paper with
        {
            Model = paper.Model with { Head = new HeadSpec { Dropout = 0.5 } },
            Optimizer = paper.Optimizer with { HeadRate = 10, BiasRate = 2 },
        };
    }

    private static RunSpec SingleFrame()
    {
        RunSpec paper = Paper(ColorMode.Rgb, 256, clip: 0, dropAfter: 40, epochs: 67);
        return paper with
        {
            Data = paper.Data with { ClipLength = 1 },
            Model = new ModelSpec
            {
                Backbone = new BackboneSpec { Network = BackboneNetwork.LrcnCaffe, Output = BackboneOutput.Fc7, Dropout = 0.5 },
                Sequence = new SequenceSpec { Kind = SequenceKind.None, Readout = Readout.EveryStep },
            },
            Training = paper.Training with { BatchSize = 128 },
        };
    }

    private static RunSpec OnPublicWeights(BackboneNetwork network, BackboneOutput output, int batch) => new()
    {
        Data = new DataSpec { ClipLength = 16, Width = 224, Height = 224, Fit = FrameFit.Crop, Normalization = ClipNormalization.Imagenet },
        Augmentation = new AugmentationSpec { Shift = 0.05, HorizontalFlip = true, TimeJitter = true },
        Model = new ModelSpec
        {
            Backbone = new BackboneSpec { Network = network, Output = output, Freeze = BackboneFreeze.All, FreezeEpochs = 5, Dropout = 0.5 },
            Sequence = new SequenceSpec { Hidden = 256, Readout = Readout.EveryStep },
        },
        Optimizer = new OptimizerSpec { Kind = OptimizerKind.AdamW, LearningRate = 1e-3, WeightDecay = 0.01, BackboneRate = 0.1 },
        Schedule = new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupSteps = 50 },
        Training = new TrainingSpec { Epochs = 20, BatchSize = batch, GradientClip = 5 },
    };

    private static RunSpec Frozen(RunSpec spec) => spec with
    {
        Augmentation = new AugmentationSpec(),
        Model = spec.Model with { Backbone = spec.Model.Backbone with { FreezeEpochs = 0 } },
        Optimizer = spec.Optimizer with { BackboneRate = 1 },
    };
}
