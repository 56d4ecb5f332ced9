using LrcnLab.Core.Specs;

namespace LrcnLab.Scheduling.Runs;

/// <summary>The new run, or every reason why there is none.</summary>
public sealed record CreateRunResult(Guid? Id, IReadOnlyList<SpecProblem> Problems);
