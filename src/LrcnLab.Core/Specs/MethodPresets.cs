namespace LrcnLab.Core.Specs;

/// <summary>The methods of "five video classification methods implemented in Keras and TensorFlow", which the Keras post builds on (harvitronix, <c>models.py</c>, <c>train_cnn.py</c>).</summary>
internal static class MethodPresets
{
    private const string Inception = "The source's features are Inception-v3's, here they are ResNet-50's, which are as many; it wants ImageNet's weights. The source skips frames and leaves the end of a video out.";

    public static IReadOnlyList<Preset> All { get; } =
    [
        new(
            "five-frame", "Five methods: 1, single frame", "One frame decides: a network for pictures, and a classifier of its own.", "five-video-classification-methods, train_cnn.py.",
            Frames(new SequenceSpec { Kind = SequenceKind.None, Readout = Readout.EveryStep }, new HeadSpec { Layers = 1, Hidden = 1024 }, clipLength: 1),
            "UCF101 split 1: about 65 % top-1, 90 % top-5.", "The source trains upper layers of Inception-v3 afterwards; here freezing can be limited to some epochs. " + Inception),
        new(
            "five-lrcn", "Five methods: 2, LRCN", "Ten convolutions on every frame, LSTM 256; what the Keras post shortened.", "five-video-classification-methods, models.py, lrcn(), September 2017 to June 2018.",
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
                            .. ((int[])[64, 128, 256, 512]).SelectMany(filters => (ConvolutionSpec[])[new() { Filters = filters }, new() { Filters = filters, Pool = 2 }]),
                        ],
                        Dropout = 0.5,
                    },
                    Sequence = new SequenceSpec { Hidden = 256, InputDropout = 0.5 },
                },
                Optimizer = Adam(1e-4),
                Training = new TrainingSpec { Epochs = 60, BatchSize = 32 },
            },
            "UCF101 split 1, an earlier variant of it: 20 % top-1, 41 % top-5.", "The learning rate is ten times the source's, which learns very slowly."),
        new(
            "five-features-lstm", "Five methods: 3, features to LSTM", "Features of a network for pictures, LSTM 2048, one hidden layer.", "five-video-classification-methods, models.py, lstm().",
            Frames(new SequenceSpec { Hidden = 2048, InputDropout = 0.5 }, new HeadSpec { Layers = 1, Hidden = 512, Dropout = 0.5 }, clipLength: 40),
            "UCF101 split 1: 74 % top-1, 91 % top-5.", Inception),
        new(
            "five-features-mlp", "Five methods: 4, features to MLP", "The same features of all frames side by side, two layers without non-linearity.", "five-video-classification-methods, models.py, mlp().",
            Frames(new SequenceSpec { Kind = SequenceKind.None, Readout = Readout.All }, new HeadSpec { Layers = 2, Hidden = 512, Activation = HeadActivation.Linear, Dropout = 0.5 }, clipLength: 40),
            "UCF101 split 1: 70 % top-1, 88 % top-5.", Inception),
        new(
            "five-conv3d", "Five methods: 5, 3-D convolutions", "A small network of three-dimensional convolutions over the whole clip.", "five-video-classification-methods, models.py, conv_3d().",
            Clips(new BackboneSpec { Network = BackboneNetwork.Conv3d }, new HeadSpec { Layers = 2, Hidden = 1024, Activation = HeadActivation.Linear, Dropout = 0.5 }),
            "UCF101 split 1: 28 % top-1, 51 % top-5.", "The learning rate is ten times the source's."),
        new(
            "five-c3d", "Five methods: 5, C3D", "C3D (arXiv 1412.0767) in the source's size, over the whole clip.", "five-video-classification-methods, models.py, c3d().",
            Clips(new BackboneSpec { Network = BackboneNetwork.C3d, Output = BackboneOutput.Fc7 }, new HeadSpec { Dropout = 0.5 }),
            Differs: "The learning rate is ten times the source's, which gives no result for it."),
    ];

    private static RunSpec Frames(SequenceSpec sequence, HeadSpec head, int clipLength) => new()
    {
        Data = new DataSpec { ClipLength = clipLength, Width = 224, Height = 224, Normalization = ClipNormalization.Imagenet },
        Model = new ModelSpec { Backbone = new BackboneSpec { Network = BackboneNetwork.Resnet50, Freeze = BackboneFreeze.All }, Sequence = sequence, Head = head },
        Optimizer = Adam(1e-4),
        Training = new TrainingSpec { Epochs = 30, BatchSize = 32 },
        Evaluation = new EvaluationSpec { TestViews = clipLength == 1 ? 16 : 1 },
    };

    private static RunSpec Clips(BackboneSpec backbone, HeadSpec head) => new()
    {
        Data = new DataSpec { ClipLength = 40, Width = 80, Height = 80 },
        Model = new ModelSpec { Backbone = backbone, Sequence = new SequenceSpec { Kind = SequenceKind.None }, Head = head },
        Optimizer = Adam(1e-4),
        Training = new TrainingSpec { Epochs = 60, BatchSize = 8 },
    };

    private static OptimizerSpec Adam(double rate) => new() { LearningRate = rate, Epsilon = 1e-7 };
}
