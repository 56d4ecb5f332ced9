using LrcnLab.Core.Runs;

namespace LrcnLab.Storage.Entities;

/// <summary>One move of a run, for its timeline.</summary>
public sealed class RunStateChange
{
    /// <summary>Rises with time; several moves may share one instant.</summary>
    public long Id { get; init; }

    public Guid RunId { get; init; }
    public required DateTime Time { get; init; }
    public required RunState From { get; init; }
    public required RunState To { get; init; }
    public required string Cause { get; init; }

    /// <summary>Who asked for it; null when it came by itself.</summary>
    public string? Person { get; init; }
}
