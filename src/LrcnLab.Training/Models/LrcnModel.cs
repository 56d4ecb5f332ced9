using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LrcnLab.Training.Models;

/// <summary>
/// The network of a <see cref="ModelPlan"/>: each layer of the plan becomes one stage, and nothing else decides the architecture.
/// Parameters carry PyTorch's names (<c>conv1.weight</c>, <c>lstm.weight_ih_l0</c>, <c>fc.bias</c>).
/// <para>Input: clips <c>[N, T, C, H, W]</c>, float. Output: logits <c>[N, K]</c>, or <c>[N, T, K]</c> when every step is read.</para>
/// </summary>
public sealed class LrcnModel : nn.Module<Tensor, Tensor>
{
    private readonly List<(PlanLayer Layer, Func<Tensor, Tensor> Apply)> _stages = [];

    /// <summary>Builds and initialises the network; the random numbers come from torch's generator, so seed it before.</summary>
    public LrcnModel(ModelPlan plan) : base(nameof(LrcnModel))
    {
        Plan = plan;
        foreach (PlanLayer layer in plan.Layers)
            _stages.Add((layer, Build(layer)));
    }

    public ModelPlan Plan { get; }

    public override Tensor forward(Tensor clips) => Trace(clips, observe: null);

    /// <summary>As <see cref="forward"/>, showing each layer's output as the plan states its shape, with the batch first.</summary>
    /// <param name="clips">[N, T, C, H, W]</param>
    /// <param name="observe">Called after each layer; the tensor belongs to the caller's scope.</param>
    public Tensor Trace(Tensor clips, Action<PlanLayer, Tensor>? observe)
    {
        long[] size = clips.shape;
        long batch = size[0], time = size[1];
        Tensor x = clips.reshape(batch * time, size[2], size[3], size[4]); // [N*T, C, H, W] until the features are taken
        foreach (var (layer, apply) in _stages)
        {
            x = apply(x);
            if (layer is FeatureLayer features)
                x = x.reshape(batch, time, features.Features); // [N, T, F]
            observe?.Invoke(layer, x.dim() == 4 ? x.reshape([batch, time, .. x.shape[1..]]) : x);
        }

        return x;
    }

    private Func<Tensor, Tensor> Build(PlanLayer layer)
    {
        switch (layer)
        {
            case ConvolutionLayer c:
                return BuildConvolution(c);
            case BatchNormLayer norm:
                return BuildBatchNorm(norm);
            case ReluLayer:
                return x => nn.functional.relu(x, inplace: true);
            case MaxPoolLayer pool:
                return x => nn.functional.max_pool2d(x, pool.Size);
            case FeatureLayer f:
                return f.Pooling == FeaturePooling.Flatten ? x => x.flatten(1) : x => x.mean([2, 3]);
            case DropoutLayer d:
                return x => !training ? x : d.SharedOverTime ? DropFeatures(x, d.Probability) : nn.functional.dropout(x, d.Probability);
            case LstmLayer lstm:
                return BuildLstm(lstm);
            case ReadoutLayer r:
                return r.Readout switch { Readout.Last => x => x.select(1, -1), Readout.Mean => x => x.mean([1]), _ => x => x };
            case LinearLayer l:
                Linear linear = nn.Linear(l.InFeatures, l.OutFeatures);
                nn.init.xavier_uniform_(linear.weight);
                nn.init.zeros_(linear.bias!);
                register_module(l.Name, linear);
                return linear.call;
            default:
                throw new NotSupportedException($"No module is known for the layer {layer.Name} of type {layer.GetType().Name}.");
        }
    }

    private Func<Tensor, Tensor> BuildConvolution(ConvolutionLayer layer)
    {
        bool symmetric = layer.PadLeft == layer.PadRight && layer.PadTop == layer.PadBottom;
        (long, long) padding = symmetric ? (layer.PadTop, layer.PadLeft) : (0, 0);
        Conv2d convolution = nn.Conv2d(layer.InChannels, layer.OutChannels, (layer.Kernel, layer.Kernel), (layer.Stride, layer.Stride), padding);
        if (layer.Initializer == WeightInitializer.HeNormal)
            KerasInitializers.HeNormal(convolution.weight);
        else
            nn.init.xavier_uniform_(convolution.weight);
        nn.init.zeros_(convolution.bias!);
        register_module(layer.Name, convolution);
        if (symmetric)
            return convolution.call;
        long[] pad = [layer.PadLeft, layer.PadRight, layer.PadTop, layer.PadBottom];
        return x => convolution.call(nn.functional.pad(x, pad));
    }

    private Func<Tensor, Tensor> BuildBatchNorm(BatchNormLayer layer)
    {
        BatchNorm2d norm = nn.BatchNorm2d(layer.Channels);
        register_module(layer.Name, norm);

        // One value a channel has no variance: the moving statistics serve instead.
        return x => training && x.numel() == layer.Channels
            ? nn.functional.batch_norm(x, norm.running_mean!, norm.running_var!, norm.weight, norm.bias)
            : norm.call(x);
    }

    private Func<Tensor, Tensor> BuildLstm(LstmLayer layer)
    {
        LSTM lstm = nn.LSTM(layer.InputSize, layer.Hidden, layer.Layers, batchFirst: true);
        KerasInitializers.Lstm(lstm, layer.Hidden);
        register_module(layer.Name, lstm);
        return x => lstm.call(x).Item1; // [N, T, H]
    }

    /// <summary>Keras' LSTM(dropout=…): one mask a clip, the same at all time steps.</summary>
    private static Tensor DropFeatures(Tensor x, double probability)
    {
        Tensor mask = empty([x.shape[0], 1, x.shape[2]], x.dtype, x.device).bernoulli_(1 - probability).div_(1 - probability); // [N, 1, F]
        return x * mask;
    }
}
