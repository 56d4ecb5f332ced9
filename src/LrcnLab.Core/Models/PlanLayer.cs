using System.Text.Json.Serialization;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>
/// One layer of a <see cref="ModelPlan"/>: enough to show it and enough to build it.
/// <see cref="OutputShape"/> is that of one clip: <c>[T, C, H, W]</c> before the features are flattened, <c>[T, F]</c> until the read-out, <c>[K]</c> at the end.
/// </summary>
/// <param name="Name">The PyTorch name of the module, prefix of its parameters' names.</param>
/// <param name="OutputShape">Sizes of the output for one clip.</param>
public abstract record PlanLayer(string Name, IReadOnlyList<int> OutputShape)
{
    /// <summary>The word that the model summary shows.</summary>
    public abstract string Type { get; }

    /// <summary>Trained and frozen parameters as PyTorch counts them.</summary>
    public virtual long Parameters => 0;

    /// <summary>Parameters that never change: PyTorch's second LSTM bias, held at zero.</summary>
    public virtual long FrozenParameters => 0;

    /// <summary>Parameters as Keras counts them: one bias an LSTM gate, batch norm with its moving mean and variance.</summary>
    public virtual long ParametersKeras => Parameters - FrozenParameters;

    /// <summary>Floating-point operations of one forward pass over one clip; a multiplication with its addition counts 2.</summary>
    public virtual long Flops => 0;

    /// <summary>Bytes that one clip keeps until the backward pass, besides the layer's input.</summary>
    [JsonIgnore]
    public virtual long ActivationBytes => 0;

    protected long OutputSize => OutputShape.Aggregate(1L, (size, next) => size * next);
}

/// <summary>A convolution over each frame; padding as Keras' <c>same</c> or <c>valid</c>, possibly one pixel more after than before.</summary>
public sealed record ConvolutionLayer(
    string Name, int InChannels, int OutChannels, int Kernel, int Stride,
    int PadLeft, int PadRight, int PadTop, int PadBottom, WeightInitializer Initializer, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    /// <summary>Channels are split into so many parts that do not see each other; as many as channels in a depthwise convolution.</summary>
    public int Groups { get; init; } = 1;

    public bool HasBias { get; init; } = true;

    public override string Type => $"{(Groups > 1 && Groups == InChannels ? "Depthwise c" : "C")}onv {Kernel}x{Kernel}{(Stride > 1 ? $" / {Stride}" : "")}";
    public override long Parameters => ((long)InChannels / Groups * Kernel * Kernel + (HasBias ? 1 : 0)) * OutChannels;
    public override long Flops => 2L * InChannels / Groups * Kernel * Kernel * OutputSize;
    public override long ActivationBytes => 4 * OutputSize;
}

public sealed record BatchNormLayer(string Name, int Channels, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => "Batch norm";
    public override long Parameters => 2L * Channels;
    public override long ParametersKeras => 4L * Channels;

    /// <summary>The output, and a copy of the input on the way back.</summary>
    public override long ActivationBytes => 8 * OutputSize;
}

/// <summary>Each frame by itself: groups of channels get mean 0 and deviation 1.</summary>
public sealed record GroupNormLayer(string Name, int Channels, int Groups, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => $"Group norm {Groups}";
    public override long Parameters => 2L * Channels;
    public override long ActivationBytes => 4 * OutputSize;
}

public sealed record ActivationLayer(string Name, Activation Activation, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => Activation switch
    {
        Activation.Relu => "ReLU",
        Activation.Relu6 => "ReLU6",
        Activation.LeakyRelu => "Leaky ReLU",
        Activation.Silu => "SiLU",
        Activation.Tanh => "tanh",
        _ => Activation.ToString().ToUpperInvariant(),
    };

    /// <summary>ReLU and ReLU6 overwrite their input, the others keep it.</summary>
    public override long ActivationBytes => Activation is Activation.Relu or Activation.Relu6 ? 0 : 4 * OutputSize;
}

public sealed record PoolLayer(string Name, PoolKind Kind, int Size, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public int Stride { get; init; } = Size;

    /// <summary>Pixels on each side that never win.</summary>
    public int Padding { get; init; }

    /// <summary>Whether a window that only partly fits counts, as in Caffe.</summary>
    public bool Ceil { get; init; }

    public override string Type => $"{Kind} pool {Size}x{Size}{(Stride != Size ? $" / {Stride}" : "")}";

    /// <summary>Values, and the 64-bit index of each maximum.</summary>
    public override long ActivationBytes => (Kind == PoolKind.Max ? 4 + 8 : 4) * OutputSize;
}

/// <summary>Each value divided by what its neighbours in other channels amount to (AlexNet §3.3; Caffe's LRN across channels, with k of 1).</summary>
public sealed record LocalNormLayer(string Name, int Size, double Alpha, double Beta, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => $"Local norm {Size}";
    public override long Flops => 2L * Size * OutputSize;
    public override long ActivationBytes => 12 * OutputSize;
}

/// <summary>Averages to a fixed height and width, whatever comes in.</summary>
public sealed record AdaptivePoolLayer(string Name, int Size, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => $"Average pool to {Size}x{Size}";
    public override long ActivationBytes => 4 * OutputSize;
}

/// <summary>Layers whose result is added to their input, which goes through <paramref name="Shortcut"/> where shapes differ; then perhaps a ReLU.</summary>
public sealed record ResidualLayer(string Name, IReadOnlyList<PlanLayer> Body, IReadOnlyList<PlanLayer> Shortcut, bool HasActivation, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => $"Residual block of {Body.Count(l => l is ConvolutionLayer)}";
    public override long Parameters => Parts.Sum(l => l.Parameters);
    public override long ParametersKeras => Parts.Sum(l => l.ParametersKeras);
    public override long Flops => Parts.Sum(l => l.Flops);
    public override long ActivationBytes => Parts.Sum(l => l.ActivationBytes);

    private IEnumerable<PlanLayer> Parts => Body.Concat(Shortcut);
}

/// <summary>A fully connected layer of the backbone on each feature vector, dropout of its input first.</summary>
public sealed record FullyConnectedLayer(string Name, int InFeatures, int OutFeatures, double Dropout, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => "Linear";
    public override long Parameters => (InFeatures + 1L) * OutFeatures;
    public override long Flops => 2L * InFeatures * OutputSize;
    public override long ActivationBytes => 4 * OutputSize;
}

/// <summary>A convolution over time, height and width, with as many zeros around as <paramref name="Padding"/> says.</summary>
public sealed record ClipConvolutionLayer(string Name, int InChannels, int OutChannels, int Kernel, int Padding, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => $"Conv {Kernel}x{Kernel}x{Kernel}";
    public override long Parameters => ((long)InChannels * Kernel * Kernel * Kernel + 1) * OutChannels;
    public override long Flops => 2L * InChannels * Kernel * Kernel * Kernel * OutputSize;
    public override long ActivationBytes => 4 * OutputSize;
}

/// <summary>The largest of <paramref name="Time"/> frames and <paramref name="Size"/> x <paramref name="Size"/> pixels, without overlap.</summary>
public sealed record ClipPoolLayer(string Name, int Time, int Size, int Padding, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => $"Max pool {Time}x{Size}x{Size}";
    public override long ActivationBytes => 12 * OutputSize;
}

/// <summary>Frames to feature vectors, <c>[T, C, H, W]</c> to <c>[T, F]</c>; or a clip to one, <c>[F]</c>.</summary>
public sealed record FeatureLayer(string Name, FeaturePooling Pooling, int Features, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => Pooling == FeaturePooling.Flatten ? "Flatten" : "Average pool";
}

/// <summary>Dropout of single values, or of whole features for all time steps when <paramref name="SharedOverTime"/>.</summary>
public sealed record DropoutLayer(string Name, double Probability, bool SharedOverTime, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => $"Dropout {Probability:0.##}{(SharedOverTime ? ", same over time" : "")}";
    public override long ActivationBytes => 4 * OutputSize + (SharedOverTime ? 4L * OutputShape[^1] : OutputSize);
}

/// <summary>A stack of LSTMs (gates in PyTorch's order i, f, g, o; <c>bias_hh</c> stays at zero) or GRUs (gates r, z, n), forwards or both ways.</summary>
public sealed record RecurrentLayer(
    string Name, SequenceKind Kind, int InputSize, int Hidden, int Layers, bool Bidirectional, double Dropout, GateFunction Gates, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => $"{(Bidirectional ? "Bidirectional " : "")}{Kind.ToString().ToUpperInvariant()} {Hidden}{(Layers == 1 ? "" : $" x {Layers}")}";
    public override long Parameters => Weights + 2L * GateSize * Layers * Directions;

    /// <summary>Keras has one bias an LSTM gate, but two a GRU gate.</summary>
    public override long FrozenParameters => Kind == SequenceKind.Lstm ? (long)GateSize * Layers * Directions : 0;

    public override long Flops => 2 * Weights * OutputShape[0];

    /// <summary>Gates, cell and hidden state a step.</summary>
    public override long ActivationBytes => 4L * OutputShape[0] * Hidden * (Kind == SequenceKind.Lstm ? 7 : 5) * Layers * Directions;

    public int Directions => Bidirectional ? 2 : 1;

    private int GateSize => (Kind == SequenceKind.Lstm ? 4 : 3) * Hidden;

    private long Weights => (long)GateSize * Directions * (InputSize + Hidden + (long)(Layers - 1) * (Directions * Hidden + Hidden));
}

/// <summary>Which steps of the sequence the classifier reads.</summary>
public sealed record ReadoutLayer(string Name, Readout Readout, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => Readout switch { Readout.Last => "Last step", Readout.Mean => "Mean of steps", Readout.All => "All steps", _ => "Every step" };
}

public sealed record LinearLayer(string Name, int InFeatures, int OutFeatures, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => "Linear";
    public override long Parameters => (InFeatures + 1L) * OutFeatures;
    public override long Flops => 2L * InFeatures * OutputSize;
    public override long ActivationBytes => 8 * OutputSize;
}
