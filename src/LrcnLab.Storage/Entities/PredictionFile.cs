namespace LrcnLab.Storage.Entities;

/// <summary>JSON lines of <see cref="Core.Events.Prediction"/> in the artifact store.</summary>
public sealed class PredictionFile
{
    public Guid RunId { get; init; }

    /// <summary><c>train</c>, <c>validation</c> or <c>test</c>.</summary>
    public required string Split { get; init; }

    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Lower-case hex, its address in the artifact store.</summary>
    public required string Sha256 { get; set; }

    public required long Bytes { get; set; }
}
