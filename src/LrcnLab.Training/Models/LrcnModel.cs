using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LrcnLab.Training.Models;

/// <summary>
/// The network of a <see cref="ModelPlan"/>: each layer of the plan becomes one stage, and nothing else decides the architecture.
/// Parameters carry PyTorch's names (<c>conv1.weight</c>, <c>lstm.weight_ih_l0</c>, <c>fc.bias</c>).
/// <para>Input: clips <c>[N, T, C, H, W]</c>, float, or the features of their frames, <c>[N, T, F]</c>. Output: logits <c>[N, K]</c>, or <c>[N, T, K]</c> when every step is read.</para>
/// </summary>
public sealed class LrcnModel : nn.Module<Tensor, Tensor>
{
    private readonly List<(PlanLayer Layer, Func<Tensor, Tensor> Apply)> _frameStages = [];
    private readonly List<(PlanLayer Layer, Func<Sequence, Sequence> Apply)> _sequenceStages = [];
    private readonly bool _seesClips; // instead of frames, so that there are no steps

    /// <summary>Builds and initialises the network; the random numbers come from torch's generator, so seed it before.</summary>
    public LrcnModel(ModelPlan plan) : base(nameof(LrcnModel))
    {
        Plan = plan;
        _seesClips = plan.Layers.Any(l => l is ClipConvolutionLayer);
        int backbone = plan.BackboneLayers;
        foreach (var (i, layer) in plan.Layers.Index())
        {
            if (i < backbone)
                _frameStages.Add((layer, FrameLayers.Build(layer, this) ?? throw new NotSupportedException($"No module is known for the layer {layer.Name} of type {layer.GetType().Name}.")));
            else
                _sequenceStages.Add((layer, BuildSequence(layer)));
        }
    }

    /// <summary>As a run begins that has no weights given; decided by its seed.</summary>
    public static LrcnModel Initial(RunSpec spec, int classes)
    {
        using (manual_seed(spec.Training.Seed))
            return new LrcnModel(ModelPlanner.Plan(spec, classes));
    }

    /// <summary>Copies the backbone's weights out of a model's; each has to be there and to fit, but for counts of batches, which older files do not have.</summary>
    internal void TakeBackbone(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var noGradient = no_grad();
        foreach (var (name, value) in state_dict().Where(w => IsOf(w.Key, Plan.Layers.Take(Plan.BackboneLayers)) && (weights.ContainsKey(w.Key) || !IsCount(w.Key))))
            value.copy_(weights[name]);
    }

    public ModelPlan Plan { get; }

    /// <summary>Whether the layers that the plan freezes keep their weights and statistics now.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Freezes the plan's frozen layers, or lets them learn. They have no gradients, their norms keep the moving statistics, and they drop nothing.</summary>
    public void Freeze(bool freeze)
    {
        IsFrozen = freeze;
        foreach (Parameter parameter in named_parameters().Where(p => IsOf(p.name, Plan.Layers.Take(Plan.FrozenLayers))).Select(p => p.parameter))
            parameter.requires_grad_(!freeze);
        train(training);
    }

    public override void train(bool train = true)
    {
        base.train(train);
        if (train && IsFrozen)
        {
            foreach (nn.Module module in named_modules().Where(m => IsOf(m.name, Plan.Layers.Take(Plan.FrozenLayers))).Select(m => m.module))
                module.eval();
        }
    }

    /// <summary>Whether it is how many batches a norm has seen, which nothing computes with.</summary>
    internal static bool IsCount(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    /// <summary>Whether a parameter's or module's name belongs to one of the layers.</summary>
    internal static bool IsOf(string name, IEnumerable<PlanLayer> layers) => layers.Any(l => name == l.Name || name.StartsWith(l.Name + ".", StringComparison.Ordinal));

    public override Tensor forward(Tensor clips) => Run(clips, lengths: null);

    /// <param name="clips">[N, T, C, H, W], or [N, T, F]</param>
    /// <param name="lengths">Valid frames of each clip, at least 1; null when all have T. What lies behind them changes nothing.</param>
    /// <param name="observe">Called after each layer with its output, shaped as the plan states it, the batch first. Only for clips of full length.</param>
    /// <returns>Logits [N, K] or [N, T, K].</returns>
    public Tensor Run(Tensor clips, long[]? lengths, Action<PlanLayer, Tensor>? observe = null) => Run(clips, lengths, this, observe);

    /// <inheritdoc cref="Run(Tensor, long[], Action{PlanLayer, Tensor})"/>
    /// <param name="backbone">The model whose backbone is used, perhaps in another precision.</param>
    internal Tensor Run(Tensor clips, long[]? lengths, LrcnModel backbone, Action<PlanLayer, Tensor>? observe = null)
    {
        if (clips.dim() == 3)
            return Classify(clips, lengths, observe);
        if (_seesClips)
            return Classify(backbone.Features(clips.permute(0, 2, 1, 3, 4), (layer, x) => observe?.Invoke(layer, x.dim() == 5 ? x.permute(0, 2, 1, 3, 4) : x)), null, observe);
        long batch = clips.shape[0], time = clips.shape[1];
        Tensor frames = clips.flatten(0, 1); // [N·T, C, H, W]
        if (lengths is null)
        {
            Tensor features = backbone.Features(frames, (layer, x) => observe?.Invoke(layer, x.reshape([batch, time, .. x.shape[1..]])));
            return Classify(features.reshape(batch, time, -1), null, observe);
        }

        Tensor places = Places(lengths, time, clips.device);
        return Classify(Scatter(backbone.Features(frames.index_select(0, places)), places, batch, time), lengths, observe);
    }

    /// <summary>The backbone.</summary>
    /// <param name="frames">[M, C, H, W], or clips [N, C, T, H, W] where the backbone sees those</param>
    /// <param name="observe">Called after each layer.</param>
    /// <returns>[M, F] or [N, F]</returns>
    public Tensor Features(Tensor frames, Action<PlanLayer, Tensor>? observe = null)
    {
        // Channels last in memory, shape unchanged: on a CPU pools are several times faster so, and convolutions need no reordering.
        if (frames.device_type == DeviceType.CPU && !_seesClips)
            frames = frames.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        foreach (var (layer, apply) in _frameStages)
        {
            frames = apply(frames);
            observe?.Invoke(layer, frames);
        }

        return frames;
    }

    /// <summary>The backbone's features, averaged over the valid frames of each clip.</summary>
    /// <param name="clips">As for <see cref="Run(Tensor, long[], Action{PlanLayer, Tensor})"/>.</param>
    /// <param name="lengths">As there.</param>
    /// <returns>[N, F]</returns>
    public Tensor PooledFeatures(Tensor clips, long[]? lengths)
    {
        if (_seesClips)
            return Features(clips.permute(0, 2, 1, 3, 4));
        Tensor features = clips.dim() == 3 ? clips : Features(clips.flatten(0, 1)).reshape(clips.shape[0], clips.shape[1], -1); // [N, T, F]
        if (lengths is null)
            return features.mean([1]);
        Tensor counts = tensor(lengths, device: clips.device).view(-1, 1, 1), valid = arange(Scalars.Of(clips.shape[1]), device: clips.device).view(1, -1, 1).lt(counts); // [N, T, 1]
        return features.where(valid, zeros_like(features)).sum([1]) / counts.squeeze(2);
    }

    /// <summary>Sequence model and head.</summary>
    /// <param name="features">[N, T, F], or [N, F] where the backbone sees clips; of a backbone in bfloat16, the recurrent layer's matrix products are in bfloat16 too.</param>
    /// <param name="lengths">As for <see cref="Run"/>.</param>
    /// <param name="observe">Called after each layer.</param>
    /// <returns>Logits [N, K] or [N, T, K].</returns>
    public Tensor Classify(Tensor features, long[]? lengths, Action<PlanLayer, Tensor>? observe = null)
    {
        Tensor x = features.to(float32);
        var sequence = new Sequence(x, null, lengths, features.dtype == bfloat16);
        foreach (var (layer, apply) in _sequenceStages)
        {
            sequence = apply(sequence);
            observe?.Invoke(layer, sequence.X);
        }

        return sequence.X;
    }

    /// <summary>Where the valid frames of clips lie among all N·T.</summary>
    /// <returns>Int64 [M]</returns>
    public static Tensor Places(long[] lengths, long time, Device device)
    {
        long[] places = [.. lengths.SelectMany((length, clip) => Enumerable.Range(0, (int)length).Select(t => clip * time + t))];
        return tensor(places, device: device);
    }

    /// <summary>Features of the valid frames, [M, F], to all, [N, T, F]; zero elsewhere.</summary>
    public static Tensor Scatter(Tensor features, Tensor places, long batch, long time) =>
        zeros([batch * time, features.shape[1]], features.dtype, features.device).index_copy(0, places, features).reshape(batch, time, -1);

    private Func<Sequence, Sequence> BuildSequence(PlanLayer layer)
    {
        switch (layer)
        {
            case DropoutLayer d:
                return s => !training ? s : s with { X = d.SharedOverTime ? DropFeatures(s.X, d.Probability) : nn.functional.dropout(s.X, d.Probability) };
            case RecurrentLayer r:
                var recurrent = new Recurrent(r);
                register_module(r.Name, recurrent.Module);
                return s => recurrent.Run(s.X, s.Lengths, s.Half) is var output ? s with { X = output.Steps, Final = output.Final } : s;
            case ReadoutLayer r:
                return s => r.Readout switch { Readout.Last => s with { X = s.Final ?? Last(s) }, Readout.Mean => s with { X = Mean(s) }, Readout.All => s with { X = s.X.flatten(1) }, _ => s };
            case LinearLayer l:
                Linear linear = FrameLayers.Register(this, l.Name, nn.Linear(l.InFeatures, l.OutFeatures));
                nn.init.xavier_uniform_(linear.weight);
                nn.init.zeros_(linear.bias!);
                return s => s with { X = linear.call(s.X) };
            case ActivationLayer a:
                Func<Tensor, Tensor> activate = FrameLayers.Activate(a.Activation);
                return s => s with { X = activate(s.X) };
            default:
                throw new NotSupportedException($"No module is known for the layer {layer.Name} of type {layer.GetType().Name}.");
        }
    }

    private static Tensor Last(Sequence s) => s.Lengths is null
        ? s.X.select(1, s.X.shape[1] - 1)
        : s.X[arange(Scalars.Of(s.X.shape[0]), device: s.X.device), tensor(s.Lengths, device: s.X.device) - 1];

    private static Tensor Mean(Sequence s) => s.Lengths is null
        ? s.X.mean([1])
        : s.X.sum([1]) / tensor(s.Lengths, device: s.X.device).unsqueeze(1).to(s.X.dtype);

    /// <summary>Keras' LSTM(dropout=…): one mask a clip, the same at all time steps.</summary>
    private static Tensor DropFeatures(Tensor x, double probability)
    {
        Tensor mask = empty([x.shape[0], 1, x.shape[2]], x.dtype, x.device).bernoulli_(1 - probability).div_(Scalars.Of(1 - probability)); // [N, 1, F]
        return x * mask;
    }

    /// <param name="X">[N, T, F], [N, K] after the read-out of one step.</param>
    /// <param name="Final">[N, F]: a recurrent layer's state after a clip's last step.</param>
    /// <param name="Lengths">Valid steps of each clip; null when all are.</param>
    /// <param name="Half">Whether matrix products may be in bfloat16.</param>
    private readonly record struct Sequence(Tensor X, Tensor? Final, long[]? Lengths, bool Half);
}
