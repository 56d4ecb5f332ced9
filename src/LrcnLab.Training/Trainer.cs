using System.Diagnostics;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Evaluation;
using LrcnLab.Training.Models;
using LrcnLab.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>
/// The training loop. Synchronous, on one thread: torch's dispose scopes and its gradient mode belong to a thread, so nothing here may await.
/// Where a run stands is <see cref="_state"/>, weights and optimizer; everything else follows from the specification.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly TrainingJob _job;
    private readonly RunSpec _spec;
    private readonly Device _device;
    private readonly int[] _train;
    private readonly int _stepsPerEpoch;
    private readonly LrcnModel _model;
    private readonly ModelOptimizer _optimizer;
    private readonly TrainStep _step;
    private readonly Evaluator _evaluator;
    private readonly RunReport _report;
    private readonly RunFiles _files;
    private CheckpointState _state;
    private CheckpointState? _saved;

    private Trainer(TrainingJob job, Device device)
    {
        (_job, _spec, _device) = (job, job.Spec, device);
        int[] labels = [.. job.Manifest.Samples.Select(s => s.Label)];
        _evaluator = new Evaluator(_spec, job.Manifest.Samples, job.Manifest.Classes.Count, job.Read, device);
        _train = _evaluator.Indices(Split.Train);
        _stepsPerEpoch = (_train.Length + _spec.Training.BatchSize - 1) / _spec.Training.BatchSize;
        _files = new RunFiles(job.Output);
        using (manual_seed(_spec.Training.Seed))
            _model = new LrcnModel(ModelPlanner.Plan(_spec, job.Manifest.Classes.Count));
        _model.to(device);
        _optimizer = new ModelOptimizer(_spec.Optimizer, _model);
        _step = new TrainStep(_spec, _model, _optimizer, labels, device);
        _state = new CheckpointState { Step = 0, Epoch = 0, StepInEpoch = 0, DatasetHash = job.Manifest.Hash() };
        if (job.Resume is Checkpoint checkpoint)
            Restore(checkpoint);
        _report = new RunReport(job, _stepsPerEpoch);
    }

    /// <summary>Trains until the last epoch, a stop, or a fault. Call on a thread of its own.</summary>
    /// <param name="job">Already checked by <see cref="TrainingRefusal"/>.</param>
    /// <param name="device">Where the tensors live.</param>
    /// <returns>The outcome; it was not sent yet.</returns>
    /// <exception cref="IOException">A file could not be written or read.</exception>
    public static DoneEvent Run(TrainingJob job, Device device)
    {
        using var scope = NewDisposeScope();
        using var trainer = new Trainer(job, device);
        return trainer.Run();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private DoneEvent Run()
    {
        _report.Started(_device, _state.Step);
        while (_state.Epoch < _spec.Training.Epochs)
        {
            if (TrainEpoch() is DoneEvent end)
                return end;
        }

        TestBestWeights();
        return new DoneEvent { Outcome = Outcome.Completed };
    }

    /// <returns>Null when the epoch is complete, else how the run ends.</returns>
    private DoneEvent? TrainEpoch()
    {
        long started = Stopwatch.GetTimestamp();
        int epoch = _state.Epoch + 1;
        int[] order = [.. Shuffle.Order(_train.Length, _spec.Training.Seed, epoch).Select(i => _train[i])];
        _model.train();
        _report.Training(_state);
        using (var loader = new ClipLoader(_job.Read, order, epoch, _spec.Data.ClipBytes(), _spec.Training.BatchSize, _state.StepInEpoch))
        {
            while (_job.Signal.Request == StopRequest.None && loader.Take() is ClipBatch batch)
            {
                if (Step(batch) is DoneEvent fault)
                    return fault;
                loader.Return(batch);
            }
        }

        if (_state.StepInEpoch < _stepsPerEpoch)
            return EndEarly();
        EvaluationResult? validation = Validate(epoch, abandonOnPause: true);
        if (validation is null && _job.Signal.Request == StopRequest.Pause)
            return EndEarly();

        _state = _state with { Epoch = epoch, StepInEpoch = 0 };
        Keep(validation, epoch);
        SaveLast();
        if (_spec.Checkpoints.KeepEveryEpochs > 0 && epoch % _spec.Checkpoints.KeepEveryEpochs == 0)
            Save($"epoch-{epoch}");
        _report.EpochDone(_state, Stopwatch.GetElapsedTime(started), validation);
        return null;
    }

    private DoneEvent? Step(ClipBatch batch)
    {
        double rate = LearningRate.At(_spec, _state.Step, _stepsPerEpoch);
        long started = Stopwatch.GetTimestamp();
        StepResult result = _step.Run(batch, _state.Step, rate);
        if (!result.IsFinite)
            return Diverged(result, rate);
        _state = _state with { Step = _state.Step + 1, StepInEpoch = _state.StepInEpoch + 1 };
        _report.StepDone(_state, result, rate, batch.Samples.Length, Stopwatch.GetElapsedTime(started));
        int every = _spec.Checkpoints.SaveEverySteps;
        if (every > 0 && _state.Step % every == 0 && _state.StepInEpoch < _stepsPerEpoch)
            SaveLast();
        return null;
    }

    private DoneEvent Diverged(StepResult result, double rate)
    {
        CheckpointState at = _state with { Step = _state.Step + 1, StepInEpoch = _state.StepInEpoch + 1 };
        _report.StepDone(at, result, rate, clips: 0, TimeSpan.Zero);
        string what = double.IsFinite(result.Loss) ? $"gradient norm became {result.GradientNorm}" : $"loss became {result.Loss}";
        string kept = _saved is null ? "no checkpoint had been written yet" : $"the checkpoint of step {_saved.Step} is kept";
        return new DoneEvent { Outcome = Outcome.Failed, Reason = $"The {what} at step {at.Step} (epoch {_state.Epoch + 1}); {kept}. A lower learning rate or gradient clipping usually helps." };
    }

    /// <summary>Keeps what was learned within an unfinished epoch.</summary>
    private DoneEvent EndEarly()
    {
        SaveLast();
        if (_job.Signal.Request == StopRequest.Pause)
            return new DoneEvent { Outcome = Outcome.Paused };
        if (_state.StepInEpoch > 0 && Validate(_state.Epoch + 1, abandonOnPause: false) is EvaluationResult validation)
        {
            Keep(validation, _state.Epoch + 1);
            SaveLast();
        }

        return new DoneEvent { Outcome = Outcome.Stopped };
    }

    /// <returns>Null when there is no validation split or a pause came between.</returns>
    private EvaluationResult? Validate(int epoch, bool abandonOnPause)
    {
        if (_evaluator.Indices(Split.Validation).Length == 0)
            return null;
        long started = Stopwatch.GetTimestamp();
        EvaluationResult? validation = _evaluator.Evaluate(_model, Split.Validation, (_, _) =>
        {
            _report.CheckIn(_state, "validation");
            return !(abandonOnPause && _job.Signal.Request == StopRequest.Pause);
        });
        if (validation is not null)
            _report.Evaluated(_state, epoch, Split.Validation, validation, Stopwatch.GetElapsedTime(started));
        return validation;
    }

    /// <summary>Takes a validation into the state; writes predictions and weights when they are the best or the last.</summary>
    private void Keep(EvaluationResult? validation, int epoch)
    {
        if (validation is null)
            return;
        double value = _spec.Checkpoints.Best == BestMetric.ValidationLoss ? validation.Loss : validation.Scores.Accuracy;
        bool better = double.IsFinite(value) && (_state.Best is not double best || (_spec.Checkpoints.Best == BestMetric.ValidationLoss ? value < best : value > best));
        _state = _state with { Metrics = RunReport.Metrics(Split.Validation, validation) };
        if (better || epoch == _spec.Training.Epochs)
            _job.Emit(_files.WritePredictions(Split.Validation, epoch, validation.Predictions));
        if (!better)
            return;
        _state = _state with { Best = value, BestEpoch = epoch };
        _files.KeepBestWeights(ModelWeights.Of(_model));
        Save("best");
    }

    private void SaveLast()
    {
        if (_saved == _state)
            return;
        Save("last");
        _saved = _state;
    }

    private void Save(string kind)
    {
        _report.CheckIn(_state, "checkpoint", force: true);
        var header = new CheckpointHeader(_state, _spec, _job.Manifest.Classes);
        _job.Emit(_files.WriteCheckpoint(kind, header, ModelWeights.Of(_model), [.. _optimizer.State()]));
        if (_job.Prune && kind is "last" or "best")
            _files.Prune(kind);
    }

    private void TestBestWeights()
    {
        if (_evaluator.Indices(Split.Test).Length == 0)
            return;
        using var scope = NewDisposeScope();
        if (_state.Best is not null)
        {
            string? refusal = _files.ReadBestWeights() is { } best ? ModelWeights.Load(_model, best) : "they are not in the run's folder any more";
            if (refusal is not null)
                _report.Log(LogLevel.Warning, $"The test uses the last weights instead of the best: {refusal}");
        }

        EvaluationResult test = _evaluator.Evaluate(_model, Split.Test, (_, _) =>
        {
            _report.CheckIn(_state, "test");
            return true;
        })!;
        _report.Evaluated(_state, _state.Epoch, Split.Test, test, TimeSpan.Zero);
        _job.Emit(_files.WritePredictions(Split.Test, _state.Epoch, test.Predictions));
    }

    private void Restore(Checkpoint checkpoint)
    {
        if (ModelWeights.Load(_model, checkpoint.Weights) is string refusal)
            throw new InvalidDataException(refusal);
        _optimizer.Load(checkpoint.Optimizer, checkpoint.Header.State.Step);
        _saved = _state = checkpoint.Header.State;
    }
}
