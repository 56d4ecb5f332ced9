namespace LrcnLab.Storage.Entities;

/// <summary>Runs that were launched together to search for good settings; each is a trial.</summary>
public sealed class Sweep
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid ProjectId { get; init; }
    public Project Project { get; init; } = null!;

    /// <summary>One of a kind within its project.</summary>
    public required string Name { get; set; }

    /// <summary>Runs at once; null for any number.</summary>
    public int? MostRunning { get; set; }

    public required DateTime CreatedAt { get; init; }
}
