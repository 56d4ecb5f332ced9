namespace LrcnLab.Storage.Entities;

/// <summary>A file in the artifact store.</summary>
public sealed class Artifact
{
    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }
    public required DateTime CreatedAt { get; init; }
}
