namespace LrcnLab.Storage.Entities;

/// <summary>The right to have a worker for a run, and the slots that it occupies. One row a run: two workers cannot be.</summary>
public sealed class Lease
{
    public Guid RunId { get; init; }

    /// <summary>Machine that trains.</summary>
    public required string Node { get; init; }

    public List<LeaseSlot> Slots { get; init; } = [];

    /// <summary>The server process that supervises the worker.</summary>
    public required string Owner { get; init; }

    /// <summary>New for each lease: writes of an earlier holder are refused by it.</summary>
    public required Guid Token { get; init; }

    public int? WorkerPid { get; set; }

    /// <summary>Tells the worker from a later process with the same id.</summary>
    public DateTime? WorkerStartedAt { get; set; }

    public required DateTime TakenAt { get; init; }

    /// <summary>Renewed while the owner lives; decides for owners on other machines.</summary>
    public required DateTime ExpiresAt { get; set; }
}
