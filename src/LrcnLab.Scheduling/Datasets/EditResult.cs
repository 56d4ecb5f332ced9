namespace LrcnLab.Scheduling.Datasets;

/// <summary>The new version, or why there is none.</summary>
/// <param name="VersionId">Null when refused.</param>
/// <param name="Refusal">In words; null when the version was made.</param>
public sealed record EditResult(Guid? VersionId, string? Refusal)
{
    /// <summary>Of the new version; 0 when refused.</summary>
    public int Number { get; init; }

    /// <summary>What was made, in a sentence for people; empty when refused.</summary>
    public string Message { get; init; } = "";
}
