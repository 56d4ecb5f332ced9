using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LrcnLab.Training.Optimization;

/// <summary>
/// The optimizer of a specification over the trainable parameters of a model. Weight decay spares biases and norms unless asked otherwise; backbone, classifier and biases
/// have factors on the learning rate, as Caffe's <c>lr_mult</c>.
/// </summary>
public sealed class ModelOptimizer : IDisposable
{
    private const double Beta2 = 0.999;

    private readonly OptimizerSpec _spec;
    private readonly OptimizerHelper _optimizer;
    private readonly List<ParameterSet> _sets;
    private readonly List<(string Name, Parameter Value, bool Late)> _parameters;
    private long _start;
    private long? _unfrozen;

    /// <param name="spec">Method and rates.</param>
    /// <param name="model">What its plan freezes only at first must not be frozen yet.</param>
    public ModelOptimizer(OptimizerSpec spec, LrcnModel model)
    {
        _spec = spec;
        PlanLayer[] backbone = [.. model.Plan.Layers.Take(model.Plan.BackboneLayers)], late = [.. model.Plan.Layers.Take(model.Plan.FrozenLayers)];
        _sets = [.. model.named_parameters().Where(p => p.parameter.requires_grad)
            .GroupBy(p => (Decayed: spec.DecayEverything || p.parameter.dim() > 1, Rate: RateOf(p.name, backbone), Late: LrcnModel.IsOf(p.name, late))) // a matrix or kernel is decayed; biases and norms are vectors
            .OrderByDescending(g => g.Key.Decayed)
            .Select(g => new ParameterSet(g.Key.Decayed, g.Key.Rate, g.Key.Late, [.. g.Select(p => (p.name, p.parameter))]))];
        _parameters = [.. _sets.SelectMany(g => g.Parameters.Select(p => (p.Name, p.Value, g.Late)))];
        _optimizer = Create(spec);
    }

    private double RateOf(string name, PlanLayer[] backbone) =>
        (LrcnModel.IsOf(name, backbone) ? _spec.BackboneRate : name.StartsWith("fc.", StringComparison.Ordinal) || name.StartsWith("head.", StringComparison.Ordinal) ? _spec.HeadRate : 1)
        * (name[(name.LastIndexOf('.') + 1)..].StartsWith("bias", StringComparison.Ordinal) ? _spec.BiasRate : 1);

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
        foreach (var (group, set) in _optimizer.ParamGroups.Cast<ParamGroup>().Zip(_sets))
        {
            group.LearningRate = learningRate * set.Rate;
            SetEpsilon(group.Options, Updates(set.Late, step));
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

    /// <summary>Layers that were frozen at first learn from here on.</summary>
    /// <param name="step">Updates done before; null while they are frozen.</param>
    public void UnfrozenAt(long? step) => _unfrozen = step;

    /// <summary>Updates that a parameter has seen.</summary>
    private long Updates(bool late, long step) => !late ? step - _start : _unfrozen is long from ? step - Math.Max(_start, from) : 0;

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

            SetStep(target, Updates(parameter.Late, step));
        }

        if (taken != state.Count)
            throw new InvalidDataException($"The optimizer state has {state.Count} tensors, expected {taken}.");
    }

    public void Dispose() => _optimizer.Dispose();

    private OptimizerHelper Create(OptimizerSpec spec)
    {
        double rate = spec.LearningRate;
        return spec.Kind switch
        {
            OptimizerKind.Adam => optim.Adam(Groups<Adam.ParamGroup, Adam.Options>(), rate, beta2: Beta2, eps: spec.Epsilon),
            OptimizerKind.AdamW => optim.AdamW(Groups<AdamW.ParamGroup, AdamW.Options>(), rate, eps: spec.Epsilon),
            OptimizerKind.RmsProp => optim.RMSProp(Groups<RMSProp.ParamGroup, RMSProp.Options>(), rate, eps: spec.Epsilon, momentum: spec.Momentum),
            _ => optim.SGD(Groups<SGD.ParamGroup, SGD.Options>(), rate, spec.Momentum),
        };
    }

    private IEnumerable<TGroup> Groups<TGroup, TOptions>() where TGroup : ParamGroup, new() where TOptions : OptimizerOptions, new() =>
        _sets.Select(set =>
        {
            var options = new TOptions();
            double decay = set.Decayed ? _spec.WeightDecay : 0;
            switch (options)
            {
                case Adam.Options adam: adam.weight_decay = decay; break;
                case AdamW.Options adamW: adamW.weight_decay = decay; break;
                case RMSProp.Options rms: rms.weight_decay = decay; break;
                case SGD.Options sgd: sgd.weight_decay = decay; break;
            }

            return new TGroup { Parameters = [.. set.Parameters.Select(p => p.Value)], Options = options };
        });

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

    /// <param name="Decayed">Whether weight decay pulls at them.</param>
    /// <param name="Rate">Factor on the learning rate.</param>
    /// <param name="Late">Whether they are frozen at first.</param>
    /// <param name="Parameters">By name.</param>
    private sealed record ParameterSet(bool Decayed, double Rate, bool Late, IReadOnlyList<(string Name, Parameter Value)> Parameters);
}
