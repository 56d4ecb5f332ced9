namespace LrcnLab.Storage.Entities;

/// <summary>A question, and the runs that are to answer it.</summary>
public sealed class Experiment
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
