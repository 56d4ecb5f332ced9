using LrcnLab.Core.Runs;

namespace LrcnLab.Storage.Entities;

/// <summary>A machine that trains, and what it has.</summary>
public sealed class Node
{
    public required string Name { get; init; }

    /// <summary>Of its latest start.</summary>
    public required List<Slot> Slots { get; set; }

    /// <summary>When its server was last heard of.</summary>
    public required DateTime SeenAt { get; set; }
}
