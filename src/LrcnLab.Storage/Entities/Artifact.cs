namespace LrcnLab.Storage.Entities;

/// <summary>A file in the artifact store.</summary>
public sealed class Artifact
{
    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }
    public required DateTime CreatedAt { get; init; }

    /// <summary>When its file was last read and compared with the hash; null for never since it came.</summary>
    public DateTime? VerifiedAt { get; set; }

    /// <summary>What was wrong with the file then, in words; null when nothing was.</summary>
    public string? Problem { get; set; }
}
