namespace LrcnLab.Storage.Entities;

/// <summary>Counts by true class (row) and predicted class (column) after an epoch.</summary>
public sealed class ConfusionMatrix
{
    public Guid RunId { get; init; }

    /// <summary><c>train</c>, <c>validation</c> or <c>test</c>.</summary>
    public required string Split { get; init; }

    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>[true class][predicted class].</summary>
    public required int[][] Counts { get; set; }
}
