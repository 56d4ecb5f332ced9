using System.Diagnostics;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>
/// The training loop. Synchronous, on one thread: torch's dispose scopes and its gradient mode belong to a thread, so nothing here may await.
/// Where a run stands is <see cref="_state"/> and the <see cref="Learner"/>; everything else follows from the specification.
/// </summary>
public sealed class Trainer : IDisposable
{
    /// <summary>Updates in a row that may come to nothing while a guard lowers the learning rate.</summary>
    private const int MostSkipped = 20;

    private readonly TrainingJob _job;
    private readonly RunSpec _spec;
    private readonly Device _device;
    private readonly int[] _labels;
    private readonly int[] _train;
    private readonly int _clipsPerStep;
    private readonly int _stepsPerEpoch;
    private readonly long _forkShift; // by which a fork's steps are ahead of its epochs
    private readonly Evaluator _evaluator;
    private readonly RunReport _report;
    private readonly RunFiles _files;
    private readonly GuardPost _guards;
    private readonly Preliminaries _preliminaries;
    private int _skipped;
    private Learner _learner = null!; // made by Run, once what verifying resume needed is free again
    private CheckpointState _state;
    private CheckpointState? _saved;

    private Trainer(TrainingJob job, Device device)
    {
        (_job, _spec, _device) = (job, job.Spec, device);
        _labels = [.. job.Manifest.Samples.Select(s => s.Label)];
        _evaluator = new Evaluator(_spec, job.Manifest.Samples, job.Manifest.Classes.Count, job.Clips, device);
        _train = _evaluator.Indices(Split.Train);
        _clipsPerStep = _spec.Training.BatchSize * _spec.Training.Accumulation;
        _stepsPerEpoch = (_train.Length + _clipsPerStep - 1) / _clipsPerStep;
        _files = new RunFiles(job.Output);
        _guards = new GuardPost(job);
        if (device.type == DeviceType.CUDA)
            backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = _spec.Resources.Tf32;
        if (job.Resume is Checkpoint checkpoint)
            _saved = checkpoint.Header.State;
        _state = _saved ?? (job.Fork is Checkpoint parent ? ForkStart.State(parent.Header, job) : new CheckpointState { Step = 0, Epoch = 0, StepInEpoch = 0, DatasetHash = job.Manifest.Hash() });
        _forkShift = _state.Step - ((long)_state.Epoch * _stepsPerEpoch + _state.StepInEpoch);
        _report = new RunReport(job, _stepsPerEpoch, (long)_spec.Training.Epochs * _stepsPerEpoch + _forkShift);
        _preliminaries = new Preliminaries(job, _evaluator, _report, device);
        if (_saved is null && job.Fork is null)
            _state = _state with { Precision = ChoosePrecision() };
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

    public void Dispose() => _learner?.Dispose();

    private Learner CreateLearner(Precision precision) => new(_spec, _labels, _train, _job.Manifest.Classes.Count, _device, precision);

    private Precision ChoosePrecision()
    {
        if (_spec.Resources.Precision == Precision.Bfloat16 && !Bfloat16Support.IsLikely(_device))
            _report.Log(LogLevel.Warning, "bfloat16 is slow here: this processor has no instructions for it (AVX512_BF16 or AMX-BF16), so steps may take many times as long. Choose float32, or auto, which measures.");
        if (_spec.Resources.Precision != Precision.Auto)
            return _spec.Resources.Precision;
        var (choice, report) = PrecisionTrial.Run(_spec, _job.Clips.Features, CreateLearner);
        _report.Log(LogLevel.Information, report);
        return choice;
    }

    private DoneEvent Run()
    {
        _report.Started(_device, _state);
        if (_state.Step == 0)
            _preliminaries.VerifyResume(_state, () => CreateLearner(_state.Precision), _train);
        _learner = CreateLearner(_state.Precision);
        if (_job.Resume is Checkpoint checkpoint)
            _learner.Restore(checkpoint);
        else
            Begin();
        if (_state.Step == (_job.Fork?.Header.State.Step ?? 0))
            _preliminaries.MeasureBaselines(_state, _learner.Model);
        while (_guards.Ending is null && _state.Epoch < _spec.Training.Epochs && EarlyStopping.Reason(_state.Progress, _spec.Training.EarlyStopping) is null)
        {
            if (TrainEpoch() is DoneEvent end)
                return end;
        }

        if (_guards.Ending is not null && _state.Epoch < _spec.Training.Epochs)
            return EndEarly();
        FinalTest.Run(_job, _learner, _evaluator, _report, _files, _state);
        return new DoneEvent { Outcome = Outcome.Completed, Reason = EarlyStopping.Reason(_state.Progress, _spec.Training.EarlyStopping) };
    }

    private void Begin()
    {
        if (_job.Fork is Checkpoint parent)
        {
            _learner.Fork(parent, _state);
            _report.Log(LogLevel.Information, ForkStart.Report(parent, _state));
        }
        else if (_job.Weights is InitialWeights weights)
        {
            _learner.StartFrom(weights);
            _report.Log(LogLevel.Information, weights.Report);
        }

        _preliminaries.PassSanity(_state, _learner.Model);
    }

    /// <returns>Null when the epoch is complete, else how the run ends.</returns>
    private DoneEvent? TrainEpoch()
    {
        long started = Stopwatch.GetTimestamp();
        int epoch = _state.Epoch + 1;
        ClipChoice[] order = [.. Order(epoch).Select(i => new ClipChoice(_train[i]))];
        Thaw();
        _learner.BeginTraining(_state.UnfrozenAt is null, _state.UnfrozenAt);
        _report.Training(_state);
        using (var loader = new ClipLoader(_job.Clips, order, epoch, _spec.Training.BatchSize, _state.StepInEpoch * _spec.Training.Accumulation, ClipLoader.Threads(_spec.Resources.Threads, _device.type == DeviceType.CPU)))
        {
            while (_job.Signal.Request == StopRequest.None && _state.StepInEpoch < _stepsPerEpoch)
            {
                if (Step(loader) is DoneEvent fault)
                    return fault;
            }
        }

        if (_state.StepInEpoch < _stepsPerEpoch)
            return EndEarly();
        EvaluationResult? validation = Validate(epoch, abandonOnPause: true);
        if (validation is null && _job.Signal.Request == StopRequest.Pause)
            return EndEarly();

        _state = _state with { Epoch = epoch, StepInEpoch = 0 };
        Keep(validation, epoch);
        if (validation is not null)
            _state = _guards.AfterValidation(_state, validation.Loss, validation.Scores.Accuracy);
        SaveLast();
        if (_spec.Checkpoints.KeepEveryEpochs > 0 && epoch % _spec.Checkpoints.KeepEveryEpochs == 0)
            Save($"epoch-{epoch}");
        _report.EpochDone(_state, Stopwatch.GetElapsedTime(started), validation);
        return null;
    }

    /// <summary>Layers that are frozen for some epochs learn from now on, when those are over.</summary>
    private void Thaw()
    {
        BackboneSpec backbone = _spec.Model.Backbone;
        if (backbone.Freeze == BackboneFreeze.None || backbone.FreezeEpochs == 0 || _state.Epoch < backbone.FreezeEpochs || _state.UnfrozenAt is not null)
            return;
        _state = _state with { UnfrozenAt = _state.Step };
        _report.Log(LogLevel.Information, $"After {backbone.FreezeEpochs} epochs the frozen layers of the backbone learn too.");
    }

    /// <summary>Places in the train split, in the order of an epoch.</summary>
    private int[] Order(int epoch) => _spec.Training.Order == ClipOrder.Balanced
        ? Shuffle.BalancedOrder([.. _train.Select(i => _labels[i])], _spec.Training.Seed, epoch)
        : Shuffle.Order(_train.Length, _spec.Training.Seed, epoch);

    private DoneEvent? Step(ClipLoader loader)
    {
        double rate = LearningRate.At(_spec, _state.Step - _forkShift, _stepsPerEpoch) * _state.RateFactor;
        int clips = Math.Min(_clipsPerStep, _train.Length - _state.StepInEpoch * _clipsPerStep);
        StepResult result = _learner.Step(Batches(loader), clips, _state.Step, rate);
        if (!result.IsFinite)
            return NotFinite(result, rate);
        _skipped = 0;
        _state = _guards.AfterStep(_state with { Step = _state.Step + 1, StepInEpoch = _state.StepInEpoch + 1 }, result);
        _report.StepDone(_state, result, rate);
        int every = _spec.Checkpoints.SaveEverySteps;
        if (every > 0 && _state.Step % every == 0 && _state.StepInEpoch < _stepsPerEpoch)
            SaveLast();
        return null;
    }

    /// <summary>The batches of one update.</summary>
    private IEnumerable<ClipBatch> Batches(ClipLoader loader)
    {
        for (int i = 0; i < _spec.Training.Accumulation && loader.Take() is ClipBatch batch; i++)
        {
            yield return batch;
            loader.Return(batch);
        }
    }

    /// <summary>The weights are as they were before. A guard may know what to do; without one, the run fails.</summary>
    private DoneEvent? NotFinite(StepResult result, double rate)
    {
        CheckpointState after = _guards.AfterStep(_state with { Step = _state.Step + 1, StepInEpoch = _state.StepInEpoch + 1 }, result);
        if (_guards.Ending is not null)
        {
            // The step is still to be done when the run goes on.
            _state = after with { Step = _state.Step, StepInEpoch = _state.StepInEpoch };
            return null;
        }

        if (!_guards.KnowsWhatToDo || ++_skipped > MostSkipped)
            return Diverged(result, rate);
        _state = after;
        _report.StepDone(_state, result with { Samples = [] }, rate);
        return null;
    }

    private DoneEvent Diverged(StepResult result, double rate)
    {
        CheckpointState at = _state with { Step = _state.Step + 1, StepInEpoch = _state.StepInEpoch + 1 };
        _report.StepDone(at, result with { Samples = [] }, rate);
        return new DoneEvent { Outcome = Outcome.Failed, Reason = _report.Divergence(at, _saved, result) };
    }

    /// <summary>Keeps what was learned within an unfinished epoch.</summary>
    private DoneEvent EndEarly()
    {
        SaveLast();
        if (_job.Signal.Request == StopRequest.Pause)
            return new DoneEvent { Outcome = Outcome.Paused, Reason = _guards.Ending };
        if (_state.StepInEpoch > 0 && Validate(_state.Epoch + 1, abandonOnPause: false) is EvaluationResult validation)
        {
            Keep(validation, _state.Epoch + 1);
            SaveLast();
        }

        return new DoneEvent { Outcome = Outcome.Stopped, Reason = _guards.Ending };
    }

    /// <returns>Null when there is no validation split or a pause came between.</returns>
    private EvaluationResult? Validate(int epoch, bool abandonOnPause)
    {
        if (_evaluator.Indices(Split.Validation).Length == 0)
            return null;
        long started = Stopwatch.GetTimestamp();
        EvaluationResult? validation = _evaluator.Evaluate(_learner.Model, Split.Validation, views: 1, stride: 0, (_, _) =>
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
        Dictionary<string, double> metrics = validation.Metrics(Split.Validation);
        string key = MetricKeys.Of(_spec.Checkpoints.Best);
        double value = metrics[key];
        bool better = double.IsFinite(value) && (_state.Best is not double best || (MetricKeys.LowerIsBetter(key) ? value < best : value > best));
        _state = _state with
        {
            Metrics = metrics,
            LowestLoss = Math.Min(_state.LowestLoss ?? double.MaxValue, validation.Loss),
            Progress = EarlyStopping.After(_state.Progress, _spec.Training.EarlyStopping, metrics[MetricKeys.Of(_spec.Training.EarlyStopping.Metric)]),
        };
        if (better || epoch == _spec.Training.Epochs)
            _job.Emit(_files.WritePredictions(Split.Validation, epoch, validation.Predictions));
        if (!better)
            return;
        _state = _state with { Best = value, BestEpoch = epoch };
        _files.KeepBestWeights(_learner.Weights());
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
        _job.Emit(_files.WriteCheckpoint(kind, header, _learner.Weights(), _learner.TrainingState()));
        if (_job.Prune && kind is "last" or "best")
            _files.Prune(kind);
    }
}
