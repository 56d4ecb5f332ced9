using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Runs;

/// <summary>What an optimizer update costs, measured on clips of noise; the content of a clip changes nothing about that.</summary>
/// <param name="SecondsPerStep">Of one update, with all of its batches.</param>
/// <param name="PeakBytes">Most memory that the process held; 0 where nobody can say.</param>
/// <param name="Device">That computed it, such as <c>cpu</c>.</param>
public sealed record StepCost(double SecondsPerStep, long PeakBytes, string Device)
{
    /// <summary>Seconds that a run takes to train, reckoned from this measurement of another by the operations of both; validation and start are not in it.</summary>
    /// <param name="measured">The specification that was measured.</param>
    /// <param name="spec">Of the run.</param>
    /// <param name="classes">K</param>
    /// <param name="trainClips">Clips of an epoch.</param>
    public double Seconds(RunSpec measured, RunSpec spec, int classes, int trainClips)
    {
        double operations = Operations(measured, classes);
        return Steps(spec, trainClips) * SecondsPerStep * (operations > 0 ? Operations(spec, classes) / operations : 1);
    }

    /// <summary>Optimizer updates of a run.</summary>
    public static long Steps(RunSpec spec, int trainClips)
    {
        int clips = spec.Training.BatchSize * spec.Training.Accumulation;
        return (long)spec.Training.Epochs * ((trainClips + clips - 1) / clips);
    }

    private static double Operations(RunSpec spec, int classes) => (double)ModelPlanner.Plan(spec, classes).FlopsPerClip * spec.Training.BatchSize * spec.Training.Accumulation;
}
