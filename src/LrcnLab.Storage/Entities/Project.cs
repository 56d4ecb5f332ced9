namespace LrcnLab.Storage.Entities;

/// <summary>What people work on. Projects share the slots among each other.</summary>
public sealed class Project
{
    /// <summary>The one that is always there; runs of which nothing else was said belong to it.</summary>
    public static readonly Guid DefaultId = new("0193b5f0-0000-7000-8000-000000000001");

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>One of a kind.</summary>
    public required string Name { get; set; }

    /// <summary>One with 2 gets twice the slots of one with 1 while runs of both wait.</summary>
    public double Share { get; set; } = 1;

    /// <summary>Runs at once; null for any number.</summary>
    public int? MostRunning { get; set; }

    public required DateTime CreatedAt { get; init; }
}
