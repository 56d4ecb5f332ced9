namespace LrcnLab.Storage.Entities;

/// <summary>Weights that somebody brought in for runs to begin with.</summary>
public sealed class WeightsFile
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Once.</summary>
    public required string Name { get; init; }

    /// <summary>Lower-case hex, its address in the artifact store.</summary>
    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Tensors in the file.</summary>
    public required int Tensors { get; init; }

    /// <summary>Numbers in all of them.</summary>
    public required long Parameters { get; init; }

    /// <summary>Known networks that it fits, as the specification calls them.</summary>
    public required List<string> Networks { get; init; }

    public required DateTime CreatedAt { get; init; }
}
