namespace LrcnLab.Storage.Entities;

/// <summary>A slot that a lease occupies. One row a slot: two runs cannot be on one.</summary>
public sealed class LeaseSlot
{
    public required string Node { get; init; }

    /// <summary>From 0.</summary>
    public required int Slot { get; init; }

    public required Guid RunId { get; init; }
}
