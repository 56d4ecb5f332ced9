using LrcnLab.Core.Specs;

namespace LrcnLab.Scheduling.Runs;

/// <summary>The new run, or every reason why there is none.</summary>
public sealed record CreateRunResult(Guid? Id, IReadOnlyList<SpecProblem> Problems)
{
    /// <summary>The run of its first phase, which starts first; null where there is none.</summary>
    public Guid? FirstPhase { get; init; }
}
