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
    public override string Type => $"Conv {Kernel}x{Kernel}{(Stride > 1 ? $" / {Stride}" : "")}";
    public override long Parameters => ((long)InChannels * Kernel * Kernel + 1) * OutChannels;
    public override long Flops => 2L * InChannels * Kernel * Kernel * OutputSize;
    public override long ActivationBytes => 4 * OutputSize;
}

public sealed record BatchNormLayer(string Name, int Channels, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => "Batch norm";
    public override long Parameters => 2L * Channels;
    public override long ParametersKeras => 4L * Channels;
    public override long ActivationBytes => 4 * OutputSize;
}

public sealed record ReluLayer(string Name, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => "ReLU";
    public override long ActivationBytes => 4 * OutputSize;
}

public sealed record MaxPoolLayer(string Name, int Size, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => $"Max pool {Size}x{Size}";

    /// <summary>Values, and the 64-bit index of each maximum.</summary>
    public override long ActivationBytes => (4 + 8) * OutputSize;
}

/// <summary>Frames to feature vectors: <c>[T, C, H, W]</c> to <c>[T, F]</c>.</summary>
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

/// <summary>A stack of LSTMs; gates in PyTorch's order i, f, g, o; <c>bias_hh</c> stays at zero.</summary>
public sealed record LstmLayer(string Name, int InputSize, int Hidden, int Layers, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => Layers == 1 ? $"LSTM {Hidden}" : $"LSTM {Hidden} x {Layers}";
    public override long Parameters => Weights + 8L * Hidden * Layers;
    public override long FrozenParameters => 4L * Hidden * Layers;
    public override long Flops => 2 * Weights * OutputShape[0];

    /// <summary>Four gates, cell and hidden state a step.</summary>
    public override long ActivationBytes => 4L * OutputShape[0] * Hidden * 7 * Layers;

    private long Weights => 4L * Hidden * (InputSize + Hidden) + 8L * Hidden * Hidden * (Layers - 1);
}

/// <summary>Which steps of the sequence the classifier reads.</summary>
public sealed record ReadoutLayer(string Name, Readout Readout, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => Readout switch { Readout.Last => "Last step", Readout.Mean => "Mean of steps", _ => "Every step" };
}

public sealed record LinearLayer(string Name, int InFeatures, int OutFeatures, IReadOnlyList<int> OutputShape) : PlanLayer(Name, OutputShape)
{
    public override string Type => "Linear";
    public override long Parameters => (InFeatures + 1L) * OutFeatures;
    public override long Flops => 2L * InFeatures * OutputSize;
    public override long ActivationBytes => 8 * OutputSize;
}
