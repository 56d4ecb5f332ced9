using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>Specification to <see cref="ModelPlan"/>.</summary>
public static class ModelPlanner
{
    /// <param name="spec">A specification without problems: shapes are not checked again.</param>
    /// <param name="classes">Number of classes of the data set.</param>
    public static ModelPlan Plan(RunSpec spec, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        DataSpec data = spec.Data;
        BackboneSpec backbone = spec.Model.Backbone;
        int[] input = [data.ClipLength, data.Channels(), data.Height, data.Width];
        List<PlanLayer> layers = [.. Backbone(backbone, input)];
        if (backbone.Dropout > 0)
            layers.Add(new DropoutLayer("dropout", backbone.Dropout, SharedOverTime: false, layers[^1].OutputShape));
        if (!ClipNetworks.Include(backbone.Network))
            AddSequence(layers, spec.Model.Sequence);
        AddHead(layers, spec.Model.Head, classes);
        int frozen = FrozenLayers(Backbone(backbone, input), backbone) ?? throw new ArgumentException($"The backbone has no layer {backbone.FreezeUpTo}.", nameof(spec));
        return new ModelPlan(input, classes, layers) { FrozenLayers = frozen, IsFrozenForGood = backbone.FreezeEpochs == 0 };
    }

    /// <summary>Layers of the backbone that a specification freezes, from the first on.</summary>
    /// <returns>Null when none of them has the name that it gives.</returns>
    internal static int? FrozenLayers(RunSpec spec) => FrozenLayers(Backbone(spec), spec.Model.Backbone);

    /// <summary>Values that the read-out gets of each step.</summary>
    internal static int StepSize(RunSpec spec) => spec.Model.Sequence is { Kind: not SequenceKind.None } sequence
        ? (sequence.Bidirectional ? 2 : 1) * sequence.Hidden
        : FrameFeatures(spec);

    /// <summary>Values that the backbone makes of one frame, or of a clip where it sees those.</summary>
    internal static int FrameFeatures(RunSpec spec) => Backbone(spec)[^1].OutputShape[^1];

    private static int? FrozenLayers(IReadOnlyList<PlanLayer> layers, BackboneSpec backbone)
    {
        if (backbone.Freeze != BackboneFreeze.UpTo)
            return backbone.Freeze == BackboneFreeze.None ? 0 : layers.Count;
        string name = backbone.FreezeUpTo.Trim(), full = KnownNetworks.Prefix + name;
        int last = layers.ToList().FindLastIndex(l => name.Length > 0 && (l.Name == name || l.Name == full || l.Name.StartsWith(name + ".", StringComparison.Ordinal) || l.Name.StartsWith(full + ".", StringComparison.Ordinal)));
        return last < 0 ? null : last + 1;
    }

    private static IReadOnlyList<PlanLayer> Backbone(RunSpec spec) => Backbone(spec.Model.Backbone, [spec.Data.ClipLength, spec.Data.Channels(), spec.Data.Height, spec.Data.Width]);

    private static IReadOnlyList<PlanLayer> Backbone(BackboneSpec backbone, int[] input) =>
        backbone.Network == BackboneNetwork.Own ? Own(backbone, input)
        : ClipNetworks.Include(backbone.Network) ? ClipNetworks.Plan(backbone.Network, backbone.Output, input)
        : KnownNetworks.Plan(backbone.Network, backbone.Output, input);

    private static void AddSequence(List<PlanLayer> layers, SequenceSpec sequence)
    {
        int[] shape = [.. layers[^1].OutputShape];
        if (sequence.InputDropout > 0)
            layers.Add(new DropoutLayer("input_dropout", sequence.InputDropout, SharedOverTime: true, shape));
        if (sequence.Kind != SequenceKind.None)
        {
            int features = shape[1];
            shape = [shape[0], sequence.Bidirectional ? 2 * sequence.Hidden : sequence.Hidden];
            layers.Add(new RecurrentLayer(
                sequence.Kind.ToString().ToLowerInvariant(), sequence.Kind, features, sequence.Hidden, sequence.Layers, sequence.Bidirectional, sequence.Dropout, sequence.Gates, shape));
        }

        layers.Add(new ReadoutLayer("readout", sequence.Readout, sequence.Readout switch { Readout.EveryStep => shape, Readout.All => [shape[0] * shape[1]], _ => [shape[1]] }));
    }

    private static void AddHead(List<PlanLayer> layers, HeadSpec head, int classes)
    {
        int[] Shape(int size) => [.. layers[^1].OutputShape.SkipLast(1), size];
        void Drop(string name)
        {
            if (head.Dropout > 0)
                layers.Add(new DropoutLayer(name, head.Dropout, SharedOverTime: false, layers[^1].OutputShape));
        }

        for (int i = 1; i <= head.Layers; i++)
        {
            layers.Add(new LinearLayer($"head.{i}", layers[^1].OutputShape[^1], head.Hidden, Shape(head.Hidden)));
            if (head.Activation != HeadActivation.Linear)
                layers.Add(new ActivationLayer($"head_{SpecField.Word(head.Activation)}{i}", head.Activation == HeadActivation.Relu ? Activation.Relu : Activation.Tanh, Shape(head.Hidden)));
            Drop($"head_dropout{i}");
        }

        if (head.Layers == 0)
            Drop("head_dropout");
        layers.Add(new LinearLayer("fc", layers[^1].OutputShape[^1], classes, Shape(classes)));
    }

    /// <summary>The convolutions of the specification, under the names conv1, bn1, relu1, pool1.</summary>
    private static List<PlanLayer> Own(BackboneSpec backbone, int[] input)
    {
        var layers = new List<PlanLayer>();
        int channels = input[1], height = input[2], width = input[3], pools = 0;
        int[] Frame() => [input[0], channels, height, width];

        for (int i = 0; i < backbone.Convolutions.Count; i++)
        {
            ConvolutionSpec convolution = backbone.Convolutions[i];
            var (left, right) = Pad(width, convolution);
            var (top, bottom) = Pad(height, convolution);
            int inChannels = channels;
            (channels, height, width) = (convolution.Filters, ConvolutionSize(height, convolution), ConvolutionSize(width, convolution));
            layers.Add(new ConvolutionLayer($"conv{i + 1}", inChannels, channels, convolution.Kernel, convolution.Stride, left, right, top, bottom, convolution.Initializer, Frame()));
            if (backbone.Normalization == FrameNormalization.Batch)
                layers.Add(new BatchNormLayer($"bn{i + 1}", channels, Frame()));
            else if (backbone.Normalization == FrameNormalization.Group)
                layers.Add(new GroupNormLayer($"gn{i + 1}", channels, (int)System.Numerics.BigInteger.GreatestCommonDivisor(channels, 8), Frame()));
            layers.Add(new ActivationLayer($"{backbone.Activation.ToString().ToLowerInvariant()}{i + 1}", backbone.Activation, Frame()));
            if (convolution.Pool > 1)
            {
                (height, width) = (height / convolution.Pool, width / convolution.Pool);
                layers.Add(new PoolLayer($"pool{++pools}", backbone.Pooling, convolution.Pool, Frame()));
            }
        }

        int features = backbone.Features == FeaturePooling.Flatten ? channels * height * width : channels;
        layers.Add(new FeatureLayer(backbone.Features == FeaturePooling.Flatten ? "flatten" : "avgpool", backbone.Features, features, [input[0], features]));
        return layers;
    }

    /// <summary>Width or height after a convolution, before its pool.</summary>
    public static int ConvolutionSize(int size, ConvolutionSpec layer) =>
        layer.Padding == Padding.Same ? (size + layer.Stride - 1) / layer.Stride : (size - layer.Kernel) / layer.Stride + 1;

    /// <summary>Keras' <c>same</c>: as much padding as the output size needs, the odd pixel after the picture.</summary>
    internal static (int Before, int After) Pad(int size, ConvolutionSpec layer)
    {
        if (layer.Padding == Padding.Valid)
            return (0, 0);
        int total = Math.Max((ConvolutionSize(size, layer) - 1) * layer.Stride + layer.Kernel - size, 0);
        return (total / 2, total - total / 2);
    }
}
