namespace LrcnLab.Scheduling.Runs;

/// <summary>Parts of a run that a page may show.</summary>
[Flags]
public enum RunParts
{
    None = 0,
    State = 1,
    Progress = 2,
    Metrics = 4,
    Log = 8,
    Checkpoints = 16,
    ConfusionMatrix = 32,
    Predictions = 64,

    /// <summary>What its worker uses of the machine.</summary>
    System = 128,

    /// <summary>Somebody is to be told something.</summary>
    Notifications = 256,
}

/// <summary>What changed of a run since the last notice.</summary>
/// <param name="MetricStep">The largest step with new points; 0 when <see cref="RunParts.Metrics"/> is not among the parts.</param>
public readonly record struct RunChange(Guid RunId, RunParts Parts, long MetricStep)
{
    public RunChange Merge(RunChange later) => new(RunId, Parts | later.Parts, Math.Max(MetricStep, later.MetricStep));
}
