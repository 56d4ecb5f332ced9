using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LrcnLab.Training.Models;

/// <summary>The layers of a backbone: functions of frames <c>[M, C, H, W]</c>, or of clips <c>[N, C, T, H, W]</c>; the last one gives <c>[M, F]</c> or <c>[N, F]</c>.</summary>
internal static class FrameLayers
{
    /// <param name="layer">Of the plan.</param>
    /// <param name="owner">Takes the parameters, under the layer's name.</param>
    /// <returns>Null for layers behind the backbone.</returns>
    public static Func<Tensor, Tensor>? Build(PlanLayer layer, LrcnModel owner) => layer switch
    {
        ClipConvolutionLayer c => ClipConvolution(c, owner),
        ClipPoolLayer pool => x => nn.functional.max_pool3d(x, [pool.Time, pool.Size, pool.Size], [pool.Time, pool.Size, pool.Size], [0, pool.Padding, pool.Padding]),
        ConvolutionLayer c => Convolution(c, owner),
        BatchNormLayer norm => BatchNorm(norm, owner),
        GroupNormLayer norm => GroupNorm(norm, owner),
        ActivationLayer activation => Activate(activation.Activation),
        PoolLayer { Kind: PoolKind.Average } pool => x => nn.functional.avg_pool2d(x, pool.Size),
        PoolLayer pool => x => nn.functional.max_pool2d(x, pool.Size, pool.Stride, pool.Padding, ceil_mode: pool.Ceil),
        LocalNormLayer norm => x => nn.functional.local_response_norm(x, norm.Size, norm.Alpha, norm.Beta, 1),
        AdaptivePoolLayer pool => x => nn.functional.adaptive_avg_pool2d(x, pool.Size),
        ResidualLayer block => Residual(block, owner),
        FullyConnectedLayer connected => Connected(connected, owner),
        FeatureLayer { Pooling: FeaturePooling.Flatten } => x => x.flatten(1),
        FeatureLayer => x => x.mean([2, 3]),
        _ => null,
    };

    public static Func<Tensor, Tensor> Activate(Activation activation) => activation switch
    {
        Activation.Relu => x => nn.functional.relu(x, inplace: true),
        Activation.Relu6 => x => nn.functional.relu6(x, inplace: true),
        Activation.LeakyRelu => x => nn.functional.leaky_relu(x, 0.01),
        Activation.Elu => x => nn.functional.elu(x, 1),
        Activation.Gelu => x => nn.functional.gelu(x),
        Activation.Silu => x => nn.functional.silu(x),
        _ => x => x.tanh(),
    };

    private static Func<Tensor, Tensor> Convolution(ConvolutionLayer layer, LrcnModel owner)
    {
        bool symmetric = layer.PadLeft == layer.PadRight && layer.PadTop == layer.PadBottom;
        bool pointwise = symmetric && layer is { Kernel: 1, PadTop: 0, PadLeft: 0, Groups: 1 };
        (long, long) padding = symmetric ? (layer.PadTop, layer.PadLeft) : (0, 0);
        Conv2d convolution = nn.Conv2d(layer.InChannels, layer.OutChannels, (layer.Kernel, layer.Kernel), (layer.Stride, layer.Stride), padding, groups: layer.Groups, bias: layer.HasBias);
        if (layer.Initializer == WeightInitializer.HeNormal)
            KerasInitializers.HeNormal(convolution.weight);
        else
            nn.init.xavier_uniform_(convolution.weight);
        if (layer.HasBias)
            nn.init.zeros_(convolution.bias!);
        Register(owner, layer.Name, convolution);
        if (pointwise)
            return x => Pointwise(x, convolution, layer.Stride);
        if (symmetric)
            return convolution.call;
        long[] pad = [layer.PadLeft, layer.PadRight, layer.PadTop, layer.PadBottom];
        return x => convolution.call(nn.functional.pad(x, pad));
    }

    /// <summary>
    /// A 1×1 convolution as the matrix product that it is. Of channels-last frames, oneDNN's own (<c>brgconv_1x1</c> in libtorch 2.10) gives wrong numbers or divides by zero
    /// on processors that hide the sizes of their caches, as virtual machines do.
    /// </summary>
    private static Tensor Pointwise(Tensor x, Conv2d convolution, int stride)
    {
        if (stride > 1)
            x = x.slice(2, 0, x.shape[2], stride).slice(3, 0, x.shape[3], stride);
        return nn.functional.linear(x.permute(0, 2, 3, 1), convolution.weight.flatten(1), convolution.bias).permute(0, 3, 1, 2);
    }

    private static Func<Tensor, Tensor> ClipConvolution(ClipConvolutionLayer layer, LrcnModel owner)
    {
        Conv3d convolution = nn.Conv3d(layer.InChannels, layer.OutChannels, layer.Kernel, padding: layer.Padding);
        nn.init.xavier_uniform_(convolution.weight);
        nn.init.zeros_(convolution.bias!);
        return Register(owner, layer.Name, convolution).call;
    }

    private static Func<Tensor, Tensor> BatchNorm(BatchNormLayer layer, LrcnModel owner)
    {
        BatchNorm2d norm = Register(owner, layer.Name, nn.BatchNorm2d(layer.Channels));

        // One value a channel has no variance: the moving statistics serve instead.
        return x => norm.training && x.numel() == layer.Channels
            ? nn.functional.batch_norm(x, norm.running_mean!, norm.running_var!, norm.weight, norm.bias)
            : norm.call(x);
    }

    private static Func<Tensor, Tensor> GroupNorm(GroupNormLayer layer, LrcnModel owner)
    {
        GroupNorm norm = Register(owner, layer.Name, nn.GroupNorm(layer.Groups, layer.Channels));

        // TorchSharp 0.107 leaves them as the memory was.
        nn.init.ones_(norm.weight!);
        nn.init.zeros_(norm.bias!);
        return norm.call;
    }

    private static Func<Tensor, Tensor> Residual(ResidualLayer layer, LrcnModel owner)
    {
        Func<Tensor, Tensor>[] body = [.. layer.Body.Select(l => Build(l, owner)!)], shortcut = [.. layer.Shortcut.Select(l => Build(l, owner)!)];
        return x =>
        {
            Tensor sum = body.Aggregate(x, (y, next) => next(y)) + shortcut.Aggregate(x, (y, next) => next(y));
            return layer.HasActivation ? nn.functional.relu(sum, inplace: true) : sum;
        };
    }

    private static Func<Tensor, Tensor> Connected(FullyConnectedLayer layer, LrcnModel owner)
    {
        Linear linear = nn.Linear(layer.InFeatures, layer.OutFeatures);
        nn.init.xavier_uniform_(linear.weight);
        nn.init.zeros_(linear.bias!);
        Register(owner, layer.Name, linear);
        return x => linear.call(layer.Dropout > 0 && linear.training ? nn.functional.dropout(x, layer.Dropout) : x);
    }

    /// <summary>Under a name with dots, as PyTorch's nested modules have it.</summary>
    public static TModule Register<TModule>(nn.Module owner, string name, TModule module) where TModule : nn.Module
    {
        string[] path = name.Split('.');
        foreach (string part in path[..^1])
        {
            nn.Module? inner = owner.named_children().FirstOrDefault(c => c.name == part).module;
            if (inner is null)
                owner.register_module(part, inner = new Group(part));
            owner = inner;
        }

        owner.register_module(path[^1], module);
        return module;
    }

    /// <summary>Holds modules under a common name.</summary>
    private sealed class Group(string name) : nn.Module(name);
}
