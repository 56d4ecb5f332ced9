using LrcnLab.Core.Runs;

namespace LrcnLab.Storage.Entities;

/// <summary>One move of a run, for its timeline.</summary>
public sealed class RunStateChange
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid RunId { get; init; }
    public required DateTime Time { get; init; }
    public required RunState From { get; init; }
    public required RunState To { get; init; }
    public required string Cause { get; init; }
}
