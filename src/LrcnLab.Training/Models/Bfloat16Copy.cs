using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LrcnLab.Training.Models;

/// <summary>
/// A second backbone in bfloat16 that computes forward and backward, while the float32 model keeps the weights that the optimizer updates.
/// Norms stay in float32. Behind the backbone the float32 model goes on, its LSTM with <see cref="Bfloat16Lstm"/>.
/// TorchSharp has no autocast; casting once a step instead of at each call also costs less.
/// </summary>
internal sealed class Bfloat16Copy : IDisposable
{
    private readonly (Parameter Master, Parameter Copy)[] _parameters;
    private readonly (Tensor Master, Tensor Copy)[] _buffers;

    public Bfloat16Copy(LrcnModel master, Device device)
    {
        Model = new LrcnModel(master.Plan);
        Model.to(device);
        (string name, nn.Module module)[] backbone = [.. Model.named_modules().Where(m => m.module is Conv2d or Conv3d or BatchNorm2d or GroupNorm || (m.module is Linear && m.name.StartsWith("cnn.", StringComparison.Ordinal)))];
        foreach (var (_, module) in backbone)
        {
            if (module is Conv2d or Conv3d or Linear)
                module.to(bfloat16);
        }

        HashSet<string> names = [.. backbone.Select(m => m.name)];
        _parameters = [.. master.named_parameters().Zip(Model.named_parameters()).Where(p => names.Contains(p.First.name[..p.First.name.LastIndexOf('.')])).Select(p => (p.First.parameter, p.Second.parameter))];
        _buffers = [.. master.named_buffers().Zip(Model.named_buffers(), (m, c) => (m.buffer, c.buffer))];
    }

    /// <summary>Only its backbone is to be used; it takes bfloat16 frames.</summary>
    public LrcnModel Model { get; }

    /// <summary>Before the forward pass.</summary>
    public void TakeWeights()
    {
        using var noGradient = no_grad();
        foreach (var (master, copy) in _parameters)
        {
            copy.copy_(master);
            copy.grad?.zero_();
        }

        foreach (var (master, copy) in _buffers)
            copy.copy_(master);
    }

    /// <summary>After the backward pass: gradients, and the statistics that norms kept meanwhile, go to the float32 model.</summary>
    public void GiveGradients()
    {
        using var noGradient = no_grad();
        foreach (var (master, copy) in _parameters.Where(p => p.Copy.grad is not null))
        {
            if (master.grad is Tensor gradient)
                gradient.copy_(copy.grad!);
            else
                master.grad = copy.grad!.to(float32).DetachFromDisposeScope();
        }

        foreach (var (master, copy) in _buffers)
            master.copy_(copy);
    }

    public void Dispose() => Model.Dispose();
}
