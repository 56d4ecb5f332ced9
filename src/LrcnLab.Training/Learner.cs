using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Models;
using LrcnLab.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>Everything that changes while learning: weights, optimizer, weight average. A checkpoint holds it completely.</summary>
internal sealed class Learner : IDisposable
{
    private const string Trained = "trained.";

    private readonly LrcnModel _model;
    private readonly ModelOptimizer _optimizer;
    private readonly WeightAverage? _average;
    private readonly Bfloat16Copy? _half;
    private readonly TrainStep _step;
    private readonly FreedMemory _memory = new();

    /// <param name="spec">Its seed decides the initial weights.</param>
    /// <param name="labels">Of all samples of the data set.</param>
    /// <param name="train">Indices of the train split.</param>
    /// <param name="classes">K</param>
    /// <param name="device">Where everything is computed.</param>
    /// <param name="precision">Not auto.</param>
    public Learner(RunSpec spec, IReadOnlyList<int> labels, IReadOnlyCollection<int> train, int classes, Device device, Precision precision)
    {
        _model = LrcnModel.Initial(spec, classes);
        _model.to(device);
        if (_model.Plan.IsFrozenForGood)
            _model.Freeze(true);
        _optimizer = new ModelOptimizer(spec.Optimizer, _model);
        _average = spec.Training.Ema > 0 ? new WeightAverage(_model, spec.Training.Ema, device) : null;
        _half = precision == Precision.Bfloat16 ? new Bfloat16Copy(_model, device) : null;
        var loss = new TrainingLoss(spec.Training, [.. train.Select(i => labels[i])], classes, device);
        _step = new TrainStep(spec, _model, _optimizer, loss, labels, device, _half);
    }

    /// <summary>The model that is validated, kept and downloaded: the averaged one where there is one.</summary>
    public LrcnModel Model => _average?.Model ?? _model;

    /// <param name="freeze">Whether layers that are frozen at first are so in the coming steps.</param>
    /// <param name="unfrozenAt">Updates done before they began to learn.</param>
    public void BeginTraining(bool freeze = true, long? unfrozenAt = null)
    {
        _memory.GiveBack();
        freeze |= _model.Plan.IsFrozenForGood;
        _optimizer.UnfrozenAt(freeze ? null : unfrozenAt);
        _model.Freeze(freeze);
        _half?.Model.Freeze(freeze);
        _model.train();
        _half?.Model.train();
    }

    /// <inheritdoc cref="TrainStep.Run"/>
    public StepResult Step(IEnumerable<ClipBatch> batches, int clips, long step, double learningRate)
    {
        StepResult result = _step.Run(batches, clips, step, learningRate);
        if (result.IsFinite)
            _average?.Update(step);
        _memory.StepDone();
        return result;
    }

    /// <summary>Weights of <see cref="Model"/>.</summary>
    public IReadOnlyCollection<(string Name, Tensor Value)> Weights() => ModelWeights.Of(Model);

    /// <summary>What a continuation needs besides: the optimizer's memory and, where weights are averaged, those that are trained.</summary>
    public IReadOnlyCollection<(string Name, Tensor Value)> TrainingState() =>
        [.. _optimizer.State(), .. _average is null ? [] : ModelWeights.Of(_model).Select(w => (Trained + w.Name, w.Value))];

    /// <summary>Takes those weights that there are.</summary>
    public void StartFrom(InitialWeights weights)
    {
        ModelWeights.Take(_model, weights.Tensors);
        if (_average is not null)
            ModelWeights.Take(Model, weights.Tensors);
    }

    /// <summary>Goes on with a checkpoint of another run, whose model is the same and whose other settings may differ.</summary>
    /// <param name="parent">Its weights; its optimizer's memory if that is of the same kind.</param>
    /// <param name="state">Where this training begins.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, too many, or of another shape; the message names it.</exception>
    public void Fork(Checkpoint parent, CheckpointState state)
    {
        var trained = Part(parent, trained: true);
        Load(Model, parent.Weights);
        if (_average is not null)
            Load(_model, trained.Count > 0 ? trained : parent.Weights);
        _optimizer.BeginAt(state.OptimizerStart);
        _optimizer.UnfrozenAt(state.UnfrozenAt);
        if (state.OptimizerStart < state.Step)
            _optimizer.Load(Part(parent, trained: false), state.Step);
    }

    /// <inheritdoc cref="Fork"/>
    public void Restore(Checkpoint checkpoint)
    {
        Load(Model, checkpoint.Weights);
        if (_average is not null)
            Load(_model, Part(checkpoint, trained: true));
        _optimizer.BeginAt(checkpoint.Header.State.OptimizerStart);
        _optimizer.UnfrozenAt(checkpoint.Header.State.UnfrozenAt);
        _optimizer.Load(Part(checkpoint, trained: false), checkpoint.Header.State.Step);
    }

    /// <summary>The weights that are trained where they are averaged, or the optimizer's memory.</summary>
    private static Dictionary<string, Tensor> Part(Checkpoint checkpoint, bool trained) =>
        checkpoint.Optimizer.Where(t => t.Key.StartsWith(Trained, StringComparison.Ordinal) == trained).ToDictionary(t => trained ? t.Key[Trained.Length..] : t.Key, t => t.Value);

    /// <returns>Null, or a sentence that says what does not fit.</returns>
    public string? TakeWeights(IReadOnlyDictionary<string, Tensor> weights) => ModelWeights.Load(Model, weights);

    public void Dispose()
    {
        _half?.Dispose();
        _average?.Dispose();
        _optimizer.Dispose();
        _model.Dispose();
    }

    private static void Load(LrcnModel model, IReadOnlyDictionary<string, Tensor> weights)
    {
        if (ModelWeights.Load(model, weights) is string refusal)
            throw new InvalidDataException(refusal);
    }
}
