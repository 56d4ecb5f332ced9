using LrcnLab.Core.Specs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LrcnLab.Training.Optimization;

/// <summary>The optimizer of a specification over the trainable parameters of a module. Weight decay spares biases and norms unless asked otherwise.</summary>
public sealed class ModelOptimizer : IDisposable
{
    private const double Beta2 = 0.999;

    private readonly OptimizerSpec _spec;
    private readonly OptimizerHelper _optimizer;
    private readonly List<(string Name, Parameter Value)> _parameters;
    private long _start;

    public ModelOptimizer(OptimizerSpec spec, nn.Module module)
    {
        _spec = spec;
        var trainable = module.named_parameters().Where(p => p.parameter.requires_grad).Select(p => (Name: p.name, Value: p.parameter)).ToList();

        // A matrix or kernel is decayed; biases and norms are vectors.
        var decayed = trainable.Where(p => spec.DecayEverything || p.Value.dim() > 1).ToList();
        var spared = trainable.Except(decayed).ToList();
        _parameters = [.. decayed, .. spared];
        _optimizer = Create(spec, [.. decayed.Select(p => p.Value)], [.. spared.Select(p => p.Value)]);
    }

    public void ZeroGradients() => _optimizer.zero_grad();

    /// <summary>Limits each gradient to <paramref name="value"/>, then shortens all together to <paramref name="norm"/>; 0 for off.</summary>
    /// <returns>The norm of all gradients before.</returns>
    public double ClipGradients(double norm, double value)
    {
        Parameter[] parameters = [.. _parameters.Select(p => p.Value).Where(p => p.grad is not null)];
        if (value <= 0)
            return nn.utils.clip_grad_norm_(parameters, norm > 0 ? norm : float.MaxValue);
        double before = nn.utils.clip_grad_norm_(parameters, float.MaxValue);
        nn.utils.clip_grad_value_(parameters, value);
        if (norm > 0)
            nn.utils.clip_grad_norm_(parameters, norm);
        return before;
    }

    /// <param name="learningRate">Of this update.</param>
    /// <param name="step">Updates done before.</param>
    public void Step(double learningRate, long step)
    {
        foreach (ParamGroup group in _optimizer.ParamGroups.Cast<ParamGroup>())
        {
            group.LearningRate = learningRate;
            SetEpsilon(group.Options, step - _start);
        }

        _optimizer.step();
    }

    /// <summary>Keras adds epsilon to the uncorrected root: seen from PyTorch's formula it is larger by 1 / √(1 - β2^t), which shrinks to 1.</summary>
    private void SetEpsilon(OptimizerOptions options, long step)
    {
        if (_spec.EpsilonRule != EpsilonRule.Keras)
            return;
        double epsilon = _spec.Epsilon / Math.Sqrt(1 - Math.Pow(Beta2, step + 1));
        if (options is Adam.Options adam)
            adam.eps = epsilon;
        else if (options is AdamW.Options adamW)
            adamW.eps = epsilon;
    }

    /// <summary>For an optimizer without memory in a training that had begun before: its own count of updates begins here.</summary>
    /// <param name="step">Updates done before.</param>
    public void BeginAt(long step) => _start = step;

    /// <summary>The optimizer's memory, by names such as <c>conv1.weight.exp_avg</c>; the tensors stay the optimizer's.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() =>
        _optimizer.state_dict().State.Zip(_parameters).SelectMany(pair => Buffers(pair.First).Where(b => b.Value is not null).Select(b => ($"{pair.Second.Name}.{b.Name}", b.Value!)));

    /// <summary>Takes over what <see cref="State"/> gave after <paramref name="step"/> updates.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, too many, or of another shape.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state, long step)
    {
        using var noGradient = no_grad();
        int taken = 0;
        foreach (var (target, parameter) in _optimizer.state_dict().State.Zip(_parameters))
        {
            if (target is SGD.State sgd && sgd.momentum_buffer is null && state.ContainsKey($"{parameter.Name}.momentum_buffer"))
                sgd.momentum_buffer = zeros_like(parameter.Value).DetachFromDisposeScope();
            foreach (var (name, buffer) in Buffers(target).Where(b => b.Value is not null))
            {
                string key = $"{parameter.Name}.{name}";
                if (!state.TryGetValue(key, out Tensor? saved))
                    throw new InvalidDataException($"The optimizer state has no {key}.");
                if (!saved.shape.SequenceEqual(buffer!.shape))
                    throw new InvalidDataException($"{key} of the optimizer state has the shape [{string.Join(", ", saved.shape)}], expected [{string.Join(", ", buffer.shape)}].");
                buffer.copy_(saved);
                taken++;
            }

            SetStep(target, step - _start);
        }

        if (taken != state.Count)
            throw new InvalidDataException($"The optimizer state has {state.Count} tensors, expected {taken}.");
    }

    public void Dispose() => _optimizer.Dispose();

    private static OptimizerHelper Create(OptimizerSpec spec, Parameter[] decayed, Parameter[] spared)
    {
        double rate = spec.LearningRate, decay = spec.WeightDecay;
        switch (spec.Kind)
        {
            case OptimizerKind.Adam:
                return optim.Adam([Group<Adam.ParamGroup>(decayed, new Adam.Options { weight_decay = decay }), Group<Adam.ParamGroup>(spared, new Adam.Options { weight_decay = 0 })], rate, beta2: Beta2, eps: spec.Epsilon);
            case OptimizerKind.AdamW:
                return optim.AdamW([Group<AdamW.ParamGroup>(decayed, new AdamW.Options { weight_decay = decay }), Group<AdamW.ParamGroup>(spared, new AdamW.Options { weight_decay = 0 })], rate, eps: spec.Epsilon);
            case OptimizerKind.RmsProp:
                return optim.RMSProp([Group<RMSProp.ParamGroup>(decayed, new RMSProp.Options { weight_decay = decay }), Group<RMSProp.ParamGroup>(spared, new RMSProp.Options { weight_decay = 0 })], rate, eps: spec.Epsilon, momentum: spec.Momentum);
            default:
                return optim.SGD([Group<SGD.ParamGroup>(decayed, new SGD.Options { weight_decay = decay }), Group<SGD.ParamGroup>(spared, new SGD.Options { weight_decay = 0 })], rate, spec.Momentum);
        }
    }

    private static TGroup Group<TGroup>(Parameter[] parameters, OptimizerOptions options) where TGroup : ParamGroup, new() => new() { Parameters = parameters, Options = options };

    private static IEnumerable<(string Name, Tensor? Value)> Buffers(OptimizerState state) => state switch
    {
        Adam.State s => [("exp_avg", s.exp_avg), ("exp_avg_sq", s.exp_avg_sq)],
        AdamW.State s => [("exp_avg", s.exp_avg), ("exp_avg_sq", s.exp_avg_sq)],
        RMSProp.State s => [("square_avg", s.square_avg), ("momentum_buffer", s.momentum_buffer)],
        SGD.State s => [("momentum_buffer", s.momentum_buffer)],
        _ => throw new NotSupportedException($"The state of {state.GetType()} is not known."),
    };

    private static void SetStep(OptimizerState state, long step)
    {
        switch (state)
        {
            case Adam.State s: s.step = step; break;
            case AdamW.State s: s.step = step; break;
            case RMSProp.State s: s.step = step; break;
        }
    }
}
