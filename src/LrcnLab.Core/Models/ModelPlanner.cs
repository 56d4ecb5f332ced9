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
        List<PlanLayer> layers = [.. backbone.Network == BackboneNetwork.Own ? Own(backbone, input) : KnownNetworks.Plan(backbone.Network, backbone.Output, input)];
        int features = layers[^1].OutputShape[^1];
        int[] sequence = [data.ClipLength, features];
        if (backbone.Dropout > 0)
            layers.Add(new DropoutLayer("dropout", backbone.Dropout, SharedOverTime: false, sequence));

        SequenceSpec recurrent = spec.Model.Sequence;
        if (recurrent.InputDropout > 0)
            layers.Add(new DropoutLayer("input_dropout", recurrent.InputDropout, SharedOverTime: true, sequence));
        int state = recurrent.Bidirectional ? 2 * recurrent.Hidden : recurrent.Hidden;
        layers.Add(new RecurrentLayer(
            recurrent.Kind.ToString().ToLowerInvariant(), recurrent.Kind, features, recurrent.Hidden, recurrent.Layers,
            recurrent.Bidirectional, recurrent.Dropout, recurrent.Gates, [data.ClipLength, state]));
        bool everyStep = recurrent.Readout == Readout.EveryStep;
        layers.Add(new ReadoutLayer("readout", recurrent.Readout, everyStep ? [data.ClipLength, state] : [state]));
        layers.Add(new LinearLayer("fc", state, classes, everyStep ? [data.ClipLength, classes] : [classes]));
        return new ModelPlan(input, classes, layers);
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
    private static (int Before, int After) Pad(int size, ConvolutionSpec layer)
    {
        if (layer.Padding == Padding.Valid)
            return (0, 0);
        int total = Math.Max((ConvolutionSize(size, layer) - 1) * layer.Stride + layer.Kernel - size, 0);
        return (total / 2, total - total / 2);
    }
}
