namespace LrcnLab.Storage.Entities;

/// <summary>A checkpoint archive of a run; one row a kind.</summary>
public sealed class Checkpoint
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid RunId { get; init; }

    /// <summary><c>last</c>, <c>best</c>, <c>epoch-N</c>, or <see cref="Start"/>; one with a name that was replaced is <c>last-STEP</c> or <c>best-STEP</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>The kind of the parent's checkpoint that a fork begins with. It keeps the file for as long as the fork is there.</summary>
    public const string Start = "start";

    /// <summary>That a person gave it, so that it is kept; null for none.</summary>
    public string? Name { get; set; }

    /// <summary>Epochs done.</summary>
    public required int Epoch { get; init; }

    public required long Step { get; init; }

    /// <summary>Lower-case hex of the archive, its address in the artifact store.</summary>
    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Of the safetensors file inside.</summary>
    public required long WeightsBytes { get; init; }

    /// <summary>Lower-case hex of the safetensors file inside.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Values by metric key at this step.</summary>
    public required Dictionary<string, double> Metrics { get; init; }

    public required DateTime CreatedAt { get; init; }
}
