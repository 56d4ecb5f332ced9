namespace LrcnLab.Core.Specs;

public enum Padding { Same, Valid }

public enum WeightInitializer { GlorotUniform, HeNormal }

public enum FrameNormalization { None, Batch, Group }

public enum Activation { Relu, LeakyRelu, Elu, Gelu, Silu, Tanh, Relu6 }

public enum PoolKind { Max, Average }

public enum FeaturePooling { Flatten, Average }

/// <summary>One convolution with its activation and, when <see cref="Pool"/> is above 1, a pooling of that size and stride after it.</summary>
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

    [Field("Pool", "Pooling after the activation, this large and with this stride; 1 for none.", Unit = "px", Minimum = 1, Maximum = 8)]
    public int Pool { get; init; } = 1;

    [Field("Initialiser", "How the weights start; he-normal suits rectified activations, glorot-uniform is Keras' default.")]
    public WeightInitializer Initializer { get; init; } = WeightInitializer.GlorotUniform;
}

/// <summary>Known networks; their layers have torchvision's names, or Caffe's for the base of the paper. The last two see a whole clip at once.</summary>
public enum BackboneNetwork { Own, LrcnCaffe, Alexnet, Vgg11, Vgg11Bn, Vgg16, Vgg16Bn, Vgg19, Vgg19Bn, Resnet18, Resnet34, Resnet50, MobilenetV2, MobilenetV2Tf, Conv3d, C3d }

public enum BackboneOutput { Pool, Fc6, Fc7 }

public enum BackboneFreeze { None, All, UpTo }

public sealed record BackboneSpec
{
    [Field("Network", "own is made of convolutions that you choose; the others are known ones, of which conv3d and c3d see a whole clip at once instead of frame by frame.")]
    public BackboneNetwork Network { get; init; } = BackboneNetwork.Own;

    [Field("Output", "Where a known network ends: pool after its convolutions, fc6 and fc7 after a fully connected layer, which ResNet, MobileNet and conv3d have not.", When = "network!=own")]
    public BackboneOutput Output { get; init; } = BackboneOutput.Pool;

    [Field("Frozen", "none trains the whole backbone; all keeps it as it begins, which suits weights learned elsewhere and few clips; up-to keeps its first layers.")]
    public BackboneFreeze Freeze { get; init; } = BackboneFreeze.None;

    [Field("Frozen up to", "Name of the last layer or block that keeps its weights, as the model summary shows it, such as conv2, features.16 or layer2.", Minimum = 0, Maximum = 100, When = "freeze=up-to")]
    public string FreezeUpTo { get; init; } = "";

    [Field("Frozen for", "Epochs after which the frozen layers are trained too; 0 for never.", Unit = "epochs", Minimum = 0, Maximum = 100_000, When = "freeze!=none")]
    public int FreezeEpochs { get; init; }

    [Field("Keep features", "Computes the features of a wholly frozen backbone once for all epochs and runs that would compute the same, unless chance changes frames.", Advanced = true, When = "freeze=all")]
    public bool KeepFeatures { get; init; } = true;

    [Field("Convolutions", "The layers in order, first at the frame.", Minimum = 1, Maximum = 32, Item = "layer", When = "network=own")]
    public IReadOnlyList<ConvolutionSpec> Convolutions { get; init; } = [new() { Pool = 2 }];

    [Field("Normalisation", "After each convolution: batch learns faster and steadier for a little more time a step; group does so too and does not depend on the batch.", When = "network=own")]
    public FrameNormalization Normalization { get; init; } = FrameNormalization.None;

    [Field("Activation", "The non-linearity after each convolution.", Advanced = true, When = "network=own")]
    public Activation Activation { get; init; } = Activation.Relu;

    [Field("Pooling", "max keeps the strongest answer of each window, average the mean.", Advanced = true, When = "network=own")]
    public PoolKind Pooling { get; init; } = PoolKind.Max;

    [Field("Features", "flatten keeps where things are in the frame; average keeps only what is there and needs far fewer LSTM weights.", When = "network=own")]
    public FeaturePooling Features { get; init; } = FeaturePooling.Flatten;

    [Field("Dropout", "Share of feature values set to zero while training, drawn anew for each value.", Unit = "of values", Minimum = 0, Maximum = 0.95)]
    public double Dropout { get; init; }
}
