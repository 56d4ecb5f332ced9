using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>Layers on frames, one after the other, with the shape that each leaves to the next.</summary>
internal sealed class FramePlan(IReadOnlyList<int> input)
{
    private readonly List<PlanLayer> _layers = [];
    private int _height = input[2], _width = input[3], _features;

    public IReadOnlyList<PlanLayer> Layers => _layers;

    public int Channels { get; private set; } = input[1];

    private int[] Shape => _features > 0 ? [input[0], _features] : [input[0], Channels, _height, _width];

    /// <summary>Another plan that goes on from here.</summary>
    public FramePlan Branch() => new(Shape);

    public FramePlan Convolve(string name, int channels, int kernel, int stride, int padding, int groups = 1, bool bias = true)
    {
        int before = Channels;
        (Channels, _height, _width) = (channels, Size(_height), Size(_width));
        return Then(new ConvolutionLayer(KnownNetworks.Prefix + name, before, channels, kernel, stride, padding, padding, padding, padding, WeightInitializer.HeNormal, Shape) { Groups = groups, HasBias = bias });

        int Size(int size) => (size + 2 * padding - kernel) / stride + 1;
    }

    /// <summary>Padded so that only the stride makes it smaller, the odd pixel right and bottom.</summary>
    public FramePlan ConvolveSame(string name, int channels, int kernel, int stride, int groups)
    {
        var same = new ConvolutionSpec { Kernel = kernel, Stride = stride, Padding = Padding.Same };
        var (left, right) = ModelPlanner.Pad(_width, same);
        var (top, bottom) = ModelPlanner.Pad(_height, same);
        int before = Channels;
        (Channels, _height, _width) = (channels, ModelPlanner.ConvolutionSize(_height, same), ModelPlanner.ConvolutionSize(_width, same));
        return Then(new ConvolutionLayer(KnownNetworks.Prefix + name, before, channels, kernel, stride, left, right, top, bottom, WeightInitializer.HeNormal, Shape) { Groups = groups });
    }

    public FramePlan Normalize(string name) => Then(new BatchNormLayer(KnownNetworks.Prefix + name, Channels, Shape));

    public FramePlan Rectify(string name, Activation activation = Activation.Relu) => Then(new ActivationLayer(KnownNetworks.Prefix + name, activation, Shape));

    public FramePlan LocalNorm(string name) => Then(new LocalNormLayer(KnownNetworks.Prefix + name, 5, 1e-4, 0.75, Shape));

    public FramePlan MaxPool(string name, int size, int stride, int padding = 0, bool ceil = false)
    {
        (_height, _width) = (Size(_height), Size(_width));
        return Then(new PoolLayer(KnownNetworks.Prefix + name, PoolKind.Max, size, Shape) { Stride = stride, Padding = padding, Ceil = ceil });

        int Size(int side)
        {
            int steps = (side + 2 * padding - size + (ceil ? stride - 1 : 0)) / stride + 1;
            // A window that would begin behind the picture does not count, in Caffe and in PyTorch.
            return ceil && (steps - 1) * stride >= side + padding ? steps - 1 : steps;
        }
    }

    public FramePlan AveragePool(string name, int size)
    {
        (_height, _width) = (size, size);
        return Then(new AdaptivePoolLayer(KnownNetworks.Prefix + name, size, Shape));
    }

    public FramePlan Flatten()
    {
        _features = Channels * _height * _width;
        return Then(new FeatureLayer("flatten", FeaturePooling.Flatten, _features, Shape));
    }

    public FramePlan Average()
    {
        _features = Channels;
        return Then(new FeatureLayer("avgpool", FeaturePooling.Average, _features, Shape));
    }

    public FramePlan Connect(string name, int features, double dropout)
    {
        int before = _features;
        _features = features;
        return Then(new FullyConnectedLayer(KnownNetworks.Prefix + name, before, features, dropout, Shape));
    }

    /// <summary>A block that adds what two branches from here make.</summary>
    public FramePlan Add(string name, FramePlan body, FramePlan shortcut, bool activation)
    {
        (Channels, _height, _width) = (body.Channels, body._height, body._width);
        return Then(new ResidualLayer(KnownNetworks.Prefix + name, body.Layers, shortcut.Layers, activation, Shape));
    }

    public FramePlan Append(FramePlan body)
    {
        (Channels, _height, _width) = (body.Channels, body._height, body._width);
        _layers.AddRange(body.Layers);
        return this;
    }

    private FramePlan Then(PlanLayer layer)
    {
        _layers.Add(layer);
        return this;
    }
}
