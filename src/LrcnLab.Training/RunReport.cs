using System.Diagnostics;
using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Evaluation;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>Turns what the loop did into events.</summary>
/// <param name="job">Where the events go.</param>
/// <param name="stepsPerEpoch">Updates in an epoch.</param>
/// <param name="steps">The last update's number.</param>
internal sealed class RunReport(TrainingJob job, int stepsPerEpoch, long steps)
{
    private readonly Pace _pace = new(job.Clock);
    private long _lastCheckIn;
    private double _usualNorm;
    private long _lastWarning = long.MinValue / 2;

    public void Started(Device device, CheckpointState state)
    {
        long resumedAtStep = state.Step;
        job.Emit(new StartedEvent
        {
            Device = device.ToString(),
            Threads = get_num_threads(),
            Precision = state.Precision,
            Versions = ProgramVersions.All,
            Classes = job.Manifest.Classes,
            Steps = steps,
            StepsPerEpoch = stepsPerEpoch,
            ResumedAtStep = resumedAtStep,
        });
        string splits = string.Join(", ", job.Manifest.Samples.CountBy(s => s.Split).OrderBy(s => s.Key).Select(s => $"{s.Value} {RunFiles.Word(s.Key)}"));
        string from = resumedAtStep > 0 ? $"continues after step {resumedAtStep}" : "starts";
        Log(LogLevel.Information, $"Training {from} on {device} in {SpecField.Word(state.Precision)} with {get_num_threads()} threads: {splits} clips in {job.Manifest.Classes.Count} classes, {stepsPerEpoch} steps an epoch, {steps} in all.");
        if (job.Saving is { } saving)
            Log(LogLevel.Information, saving.Report);
        if (job.Manifest.Samples.All(s => s.Split != Split.Validation))
            Log(LogLevel.Warning, "The data set has no validation split: no best checkpoint can be chosen.");
    }

    public void Log(LogLevel level, string message) => job.Emit(new LogEvent { Level = level, Message = message });

    /// <summary>Says that training is about to go on.</summary>
    public void Training(CheckpointState state)
    {
        _pace.Restart();
        CheckIn(state, "training", force: true);
    }

    /// <param name="different">Null when training that went on from a checkpoint gave the same weights, else the first tensor that differed.</param>
    public void ResumeVerified(string? different) => Log(
        different is null ? LogLevel.Information : LogLevel.Warning,
        different is null ? WorkerProtocol.ResumeVerified : $"{WorkerProtocol.ResumeNotExact}: after a step from a checkpoint {different} differs from what it is without. On GPUs this is usual.");

    public void StepDone(CheckpointState state, StepResult result, double learningRate)
    {
        _pace.StepDone(result);
        WarnOfExplosion(state, result.GradientNorm);
        var values = new Dictionary<string, double>
        {
            [MetricKeys.TrainLoss] = result.Loss,
            [MetricKeys.TrainAccuracy] = result.Accuracy,
            [MetricKeys.LearningRate] = learningRate,
            [MetricKeys.GradientNorm] = result.GradientNorm,
        };
        foreach (var (key, value) in _pace.Metrics)
            values[key] = value;
        Metric(state, values);
        CheckIn(state, "training");
    }

    /// <summary>Why a training ends whose loss or gradient is not finite, with where and on what.</summary>
    /// <param name="at">The step that came to nothing.</param>
    /// <param name="saved">The last state that is in a checkpoint; null when none is.</param>
    /// <param name="result">Of that step.</param>
    public string Divergence(CheckpointState at, CheckpointState? saved, StepResult result)
    {
        string what = double.IsFinite(result.Loss) ? $"gradient norm became {result.GradientNorm}" : $"loss became {result.Loss}";
        string kept = saved is null ? "no checkpoint had been written yet" : $"the checkpoint of step {saved.Step} is kept";
        string samples = string.Join(", ", result.Samples.Take(4).Select(s => job.Manifest.Samples[s].Path)) + (result.Samples.Count > 4 ? $" and {result.Samples.Count - 4} more" : "");
        return $"The {what} at step {at.Step} (epoch {at.Epoch + 1}) on {samples}; {kept}. A lower learning rate or gradient clipping usually helps.";
    }

    private void WarnOfExplosion(CheckpointState state, double norm)
    {
        if (state.Step > 20 && state.Step - _lastWarning > 100 && TrainingHints.Exploding(norm, _usualNorm, state.Step) is string hint)
        {
            Log(LogLevel.Warning, hint);
            _lastWarning = state.Step;
        }

        // Outliers move it little, or a series of them would look usual.
        _usualNorm = _usualNorm == 0 ? norm : 0.95 * _usualNorm + 0.05 * Math.Min(norm, 10 * _usualNorm);
    }

    /// <summary>At most once a second unless forced.</summary>
    public void CheckIn(CheckpointState state, string stage, bool force = false)
    {
        if (!force && _lastCheckIn != 0 && Stopwatch.GetElapsedTime(_lastCheckIn).TotalSeconds < 1)
            return;
        _lastCheckIn = Stopwatch.GetTimestamp();
        int epochs = job.Spec.Training.Epochs;
        job.Emit(new CheckInEvent
        {
            Step = state.Step,
            Steps = steps,
            Epoch = Math.Min(state.Epoch + 1, epochs),
            Epochs = epochs,
            Stage = stage,
            SecondsLeft = _pace.SecondsLeft(steps - state.Step, epochs - state.Epoch),

            // The first step also prepares kernels, so nothing is known of its length.
            ExpectNextInSeconds = _pace.SlowestStep == 0 ? 300 : Math.Max(30, 10 * _pace.SlowestStep),
        });
    }

    public void Evaluated(CheckpointState state, int epoch, Split split, EvaluationResult evaluation, TimeSpan took)
    {
        if (split == Split.Validation)
            _pace.ValidationSeconds = took.TotalSeconds;
        Metric(state, evaluation.Metrics(split));
        job.Emit(new ConfusionMatrixEvent { Epoch = epoch, Split = RunFiles.Word(split), Counts = evaluation.Scores.Confusion });
        if (split == Split.Test)
            Log(LogLevel.Information, string.Create(CultureInfo.InvariantCulture, $"Test: loss {evaluation.Loss:0.0000}, accuracy {evaluation.Scores.Accuracy:P1}."));
    }

    public void Baselines(CheckpointState state, IReadOnlyDictionary<string, double> values)
    {
        Metric(state, values);
        foreach (string split in (string[])["validation", "test"])
        {
            if (values.TryGetValue(MetricKeys.MeanPooledAccuracy(split), out double pooled))
                Log(LogLevel.Information, string.Create(CultureInfo.InvariantCulture, $"Baselines on the {split} split: the most frequent class alone {values[MetricKeys.MajorityAccuracy(split)]:P1}, a linear classifier on the mean of the features {pooled:P1}."));
        }
    }

    public void EpochDone(CheckpointState state, TimeSpan took, EvaluationResult? validation)
    {
        string result = validation is null ? "done" : string.Create(CultureInfo.InvariantCulture, $"validation loss {validation.Loss:0.0000}, accuracy {validation.Scores.Accuracy:P1}{(state.BestEpoch == state.Epoch ? " (best so far)" : "")}");
        Log(LogLevel.Information, string.Create(CultureInfo.InvariantCulture, $"Epoch {state.Epoch} of {job.Spec.Training.Epochs}: {result}, {took.TotalSeconds:0.0} s."));
        if (validation is not null && TrainingHints.NotLearning(validation.Loss, state.LowestLoss ?? validation.Loss, job.Manifest.Classes.Count, state.Epoch) is string hint)
            Log(LogLevel.Warning, hint);
        if (job.Saving is { } saving)
            Metric(state, new Dictionary<string, double> { [MetricKeys.HoursSaved] = saving.HoursAfter(state.Epoch) });
        job.Emit(new EpochEvent { Epoch = state.Epoch, Step = state.Step, Seconds = took.TotalSeconds });
    }

    private void Metric(CheckpointState state, IReadOnlyDictionary<string, double> values) =>
        job.Emit(new MetricEvent { Step = state.Step, Epoch = state.Epoch + (double)state.StepInEpoch / stepsPerEpoch, Values = values });
}
