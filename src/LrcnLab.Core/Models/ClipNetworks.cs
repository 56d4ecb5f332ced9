using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>
/// Networks of three-dimensional convolutions, which see a whole clip at once: the two of "five video classification methods" (<c>models.py</c>, <c>conv_3d</c> and <c>c3d</c>),
/// with Keras' layers under the names that C3D's have everywhere, <c>cnn.</c> before them.
/// </summary>
public static class ClipNetworks
{
    /// <summary>Whether the network sees clips instead of frames, so that there is no sequence left to read.</summary>
    public static bool Include(BackboneNetwork network) => network is BackboneNetwork.Conv3d or BackboneNetwork.C3d;

    /// <summary>Fewest frames of a clip that reach the end.</summary>
    public static int ShortestClip(BackboneNetwork network) => network switch { BackboneNetwork.Conv3d => 11, BackboneNetwork.C3d => 16, _ => 1 };

    /// <param name="network">One that <see cref="Include"/>s.</param>
    /// <param name="output">The layer that is the last.</param>
    /// <param name="input">[T, C, H, W]</param>
    /// <returns>Layers from a clip to one feature vector.</returns>
    public static IReadOnlyList<PlanLayer> Plan(BackboneNetwork network, BackboneOutput output, IReadOnlyList<int> input)
    {
        var plan = new Builder(input);
        if (network == BackboneNetwork.Conv3d)
            Conv3d(plan);
        else
            C3d(plan, output);
        return plan.Layers;
    }

    private static void Conv3d(Builder plan)
    {
        plan.Convolve("conv1", 32, 3, 0).Pool("pool1", 1, 0);
        plan.Convolve("conv2", 64, 3, 0).Pool("pool2", 1, 0);
        plan.Convolve("conv3", 128, 3, 0).Convolve("conv4", 128, 3, 0).Pool("pool3", 1, 0);
        plan.Convolve("conv5", 256, 2, 0).Convolve("conv6", 256, 2, 0).Pool("pool4", 1, 0);
        plan.Flatten();
    }

    private static void C3d(Builder plan, BackboneOutput output)
    {
        plan.Convolve("conv1", 64, 3, 1).Pool("pool1", 1, 0);
        plan.Convolve("conv2", 128, 3, 1).Pool("pool2", 2, 0);
        plan.Convolve("conv3a", 256, 3, 1).Convolve("conv3b", 256, 3, 1).Pool("pool3", 2, 0);
        plan.Convolve("conv4a", 512, 3, 1).Convolve("conv4b", 512, 3, 1).Pool("pool4", 2, 0);
        // Keras pads zeros here, PyTorch what never wins: the same behind a ReLU.
        plan.Convolve("conv5a", 512, 3, 1).Convolve("conv5b", 512, 3, 1).Pool("pool5", 2, 1);
        plan.Flatten();
        if (output >= BackboneOutput.Fc6)
            plan.Connect("fc6", 4096, 0);
        if (output >= BackboneOutput.Fc7)
            plan.Connect("fc7", 4096, 0.5);
    }

    private sealed class Builder(IReadOnlyList<int> input)
    {
        private readonly List<PlanLayer> _layers = [];
        private int _time = input[0], _channels = input[1], _height = input[2], _width = input[3], _features;

        public IReadOnlyList<PlanLayer> Layers => _layers;

        private int[] Shape => _features > 0 ? [_features] : [_time, _channels, _height, _width];

        public Builder Convolve(string name, int channels, int kernel, int padding)
        {
            int before = _channels, less = kernel - 1 - 2 * padding;
            (_channels, _time, _height, _width) = (channels, _time - less, _height - less, _width - less);
            _layers.Add(new ClipConvolutionLayer(KnownNetworks.Prefix + name, before, channels, kernel, padding, Shape));
            _layers.Add(new ActivationLayer($"{KnownNetworks.Prefix}relu_{name}", Activation.Relu, Shape));
            return this;
        }

        /// <summary>Of 2x2 pixels and <paramref name="time"/> frames.</summary>
        public Builder Pool(string name, int time, int padding)
        {
            (_time, _height, _width) = (_time / time, (_height + 2 * padding) / 2, (_width + 2 * padding) / 2);
            _layers.Add(new ClipPoolLayer(KnownNetworks.Prefix + name, time, 2, padding, Shape));
            return this;
        }

        public void Flatten()
        {
            _features = _time * _channels * _height * _width;
            _layers.Add(new FeatureLayer("flatten", FeaturePooling.Flatten, _features, Shape));
        }

        public void Connect(string name, int features, double dropout)
        {
            int before = _features;
            _features = features;
            _layers.Add(new FullyConnectedLayer(KnownNetworks.Prefix + name, before, features, dropout, Shape));
            _layers.Add(new ActivationLayer($"{KnownNetworks.Prefix}relu_{name}", Activation.Relu, Shape));
        }
    }
}
