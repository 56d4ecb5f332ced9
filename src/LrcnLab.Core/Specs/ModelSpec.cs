namespace LrcnLab.Core.Specs;

public sealed record ModelSpec
{
    [Field("Backbone", "The convolutional network that turns each frame into a feature vector.")]
    public BackboneSpec Backbone { get; init; } = new();

    [Field("Sequence model", "The recurrent network that reads the feature vectors in order.", Formerly = "lstm")]
    public SequenceSpec Sequence { get; init; } = new();
}

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

/// <summary>Known networks; their layers have torchvision's names, or Caffe's for the base of the paper.</summary>
public enum BackboneNetwork { Own, LrcnCaffe, Alexnet, Vgg11, Vgg11Bn, Vgg16, Vgg16Bn, Vgg19, Vgg19Bn, Resnet18, Resnet34, Resnet50, MobilenetV2 }

public enum BackboneOutput { Pool, Fc6, Fc7 }

public sealed record BackboneSpec
{
    [Field("Network", "own is made of the convolutions below; the others are known networks under their public names, and the fields of own convolutions do not count for them.")]
    public BackboneNetwork Network { get; init; } = BackboneNetwork.Own;

    [Field("Output", "Which layer of a known network the sequence model reads: pool after the convolutions, or its first or second fully connected layer, which ResNet and MobileNet have not.", Advanced = true)]
    public BackboneOutput Output { get; init; } = BackboneOutput.Pool;

    [Field("Convolutions", "The layers in order, first at the frame.", Minimum = 1, Maximum = 32, Item = "layer")]
    public IReadOnlyList<ConvolutionSpec> Convolutions { get; init; } = [new() { Pool = 2 }];

    [Field("Normalisation", "After each convolution: batch learns faster and steadier for a little more time a step; group does so too and does not depend on the batch.")]
    public FrameNormalization Normalization { get; init; } = FrameNormalization.None;

    [Field("Activation", "The non-linearity after each convolution.", Advanced = true)]
    public Activation Activation { get; init; } = Activation.Relu;

    [Field("Pooling", "max keeps the strongest answer of each window, average the mean.", Advanced = true)]
    public PoolKind Pooling { get; init; } = PoolKind.Max;

    [Field("Features", "flatten keeps where things are in the frame; average keeps only what is there and needs far fewer LSTM weights.")]
    public FeaturePooling Features { get; init; } = FeaturePooling.Flatten;

    [Field("Dropout", "Share of feature values set to zero while training, drawn anew for each value.", Unit = "of values", Minimum = 0, Maximum = 0.95)]
    public double Dropout { get; init; }
}

public enum Readout { Last, Mean, EveryStep }

public enum SequenceKind { Lstm, Gru }

public enum GateFunction { Sigmoid, HardSigmoid }

public sealed record SequenceSpec
{
    [Field("Kind", "lstm is what the paper uses; gru has three gates instead of four and a quarter fewer weights.")]
    public SequenceKind Kind { get; init; } = SequenceKind.Lstm;

    [Field("Hidden units", "Size of the memory; parameters grow with its square.", Unit = "units", Minimum = 1, Maximum = 4096)]
    public int Hidden { get; init; } = 256;

    [Field("Layers", "Recurrent layers stacked on each other.", Minimum = 1, Maximum = 8)]
    public int Layers { get; init; } = 1;

    [Field("Bidirectional", "A second network reads the clip backwards; twice the weights, and the whole clip must be there before an answer.")]
    public bool Bidirectional { get; init; }

    [Field("Input dropout", "Share of inputs set to zero while training, the same ones at all time steps (as Keras does).", Unit = "of inputs", Minimum = 0, Maximum = 0.95)]
    public double InputDropout { get; init; }

    [Field("Dropout between layers", "Share of values set to zero between stacked layers while training; needs two layers or more.", Unit = "of values", Minimum = 0, Maximum = 0.95, Advanced = true)]
    public double Dropout { get; init; }

    [Field("Gates", "sigmoid as everybody today; hard-sigmoid as Keras before 2.3, several times slower.", Advanced = true)]
    public GateFunction Gates { get; init; } = GateFunction.Sigmoid;

    [Field("Read-out", "last classifies the final state; mean the average state; every-step classifies at each frame and averages the probabilities (as the paper does).")]
    public Readout Readout { get; init; } = Readout.Last;
}
