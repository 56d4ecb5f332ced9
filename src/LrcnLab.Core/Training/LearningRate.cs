using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Training;

/// <summary>The learning rate as a pure function of the step, so that a resumed run continues exactly.</summary>
public static class LearningRate
{
    /// <param name="spec">Supplies optimizer, schedule and epochs.</param>
    /// <param name="step">Optimizer updates done before this one: 0 for the first.</param>
    /// <param name="stepsPerEpoch">Updates in one epoch.</param>
    public static double At(RunSpec spec, long step, int stepsPerEpoch)
    {
        ScheduleSpec schedule = spec.Schedule;
        double rate = spec.Optimizer.LearningRate;
        if (step < schedule.WarmupSteps)
            return rate * (step + 1) / schedule.WarmupSteps;

        long total = (long)spec.Training.Epochs * stepsPerEpoch;
        return schedule.Kind switch
        {
            ScheduleKind.Cosine => rate * 0.5 * (1 + Math.Cos(Math.PI * Math.Clamp((double)(step - schedule.WarmupSteps) / Math.Max(1, total - schedule.WarmupSteps), 0, 1))),
            ScheduleKind.Step => rate * Math.Pow(schedule.StepFactor, step / ((long)schedule.StepEpochs * stepsPerEpoch)),
            ScheduleKind.MultiStep => rate * Math.Pow(schedule.StepFactor, schedule.Milestones.Count(m => step >= (long)m * stepsPerEpoch)),
            ScheduleKind.InverseTime => rate / (1 + schedule.Decay * step),
            _ => rate,
        };
    }
}
