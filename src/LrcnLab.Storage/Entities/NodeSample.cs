using LrcnLab.Core.Machines;

namespace LrcnLab.Storage.Entities;

/// <summary>How busy a machine was at one moment of the last day.</summary>
public sealed class NodeSample
{
    public required string Node { get; init; }
    public required DateTime Time { get; init; }
    public required MachineUsage Usage { get; init; }
}
