using System.Diagnostics;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Training.Checkpoints;

namespace LrcnLab.Training;

/// <summary>Shows the guards what was measured, and does what they say.</summary>
internal sealed class GuardPost(TrainingJob job)
{
    private static readonly TimeSpan DiskInterval = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<GuardSpec> _rules = job.Spec.Guards.Rules;
    private long _diskSeen;

    /// <summary>Why a guard ends the run; null while none does.</summary>
    public string? Ending { get; private set; }

    /// <summary>Whether one of them will do something about losses or gradients that are not finite, perhaps after some in a row.</summary>
    public bool KnowsWhatToDo => _rules.Any(r => r is { When: GuardCondition.NotFinite, Then: not GuardAction.Notify, Watch: GuardWatch.TrainLoss or GuardWatch.GradientNorm });

    /// <summary>A step was done, or could not be done.</summary>
    /// <param name="state">After it.</param>
    /// <param name="result">Loss and norm may not be finite.</param>
    public CheckpointState AfterStep(CheckpointState state, StepResult result)
    {
        if (_rules.Count == 0)
            return state;
        state = Watch(state, GuardWatch.TrainLoss, result.Loss);
        state = Watch(state, GuardWatch.GradientNorm, result.GradientNorm);
        if (result.Times.Total > 0)
            state = Watch(state, GuardWatch.DataWait, result.Times.Data / result.Times.Total);
        if (!_rules.Any(r => r.Watch == GuardWatch.DiskFree) || _diskSeen != 0 && Stopwatch.GetElapsedTime(_diskSeen) < DiskInterval)
            return state;
        _diskSeen = Stopwatch.GetTimestamp();
        return Watch(state, GuardWatch.DiskFree, new DriveInfo(Path.GetFullPath(job.Output)).AvailableFreeSpace / (double)(1L << 30));
    }

    /// <summary>A validation was done.</summary>
    public CheckpointState AfterValidation(CheckpointState state, double loss, double accuracy) =>
        _rules.Count == 0 ? state : Watch(Watch(state, GuardWatch.ValidationLoss, loss), GuardWatch.ValidationAccuracy, accuracy);

    private CheckpointState Watch(CheckpointState state, GuardWatch watch, double value)
    {
        for (int i = 0; i < _rules.Count; i++)
        {
            if (_rules[i].Watch != watch)
                continue;
            GuardState[] seen = [.. Enumerable.Range(0, _rules.Count).Select(r => r < state.Guards.Count ? state.Guards[r] : new GuardState())];
            (seen[i], bool acts) = Guards.After(_rules[i], seen[i], value);
            state = state with { Guards = seen };
            if (acts)
                state = Act(state, i, value);
        }

        return state;
    }

    private CheckpointState Act(CheckpointState state, int rule, double value)
    {
        GuardSpec guard = _rules[rule];
        string message = Guards.Report(guard, value, state.Step, state.Epoch + 1);
        job.Emit(new LogEvent { Level = LogLevel.Warning, Message = message });
        job.Emit(new GuardEvent { Rule = rule, Action = guard.Then, Message = message, Step = state.Step });
        if (guard.Then is GuardAction.Pause or GuardAction.Stop)
        {
            Ending ??= message;
            job.Signal.Ask(guard.Then == GuardAction.Pause ? StopRequest.Pause : StopRequest.Stop);
        }

        return guard.Then == GuardAction.LowerRate ? state with { RateFactor = state.RateFactor * guard.Factor } : state;
    }
}
