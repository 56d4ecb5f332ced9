namespace LrcnLab.Storage.Entities;

/// <summary>What an import found; never changes.</summary>
public sealed class DatasetVersion
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid DatasetId { get; init; }
    public Dataset Dataset { get; init; } = null!;

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>Lower-case hex over classes, files, labels and splits.</summary>
    public required string Hash { get; init; }

    /// <summary>Absolute folder that samples' paths are relative to.</summary>
    public required string Root { get; init; }

    /// <summary><c>folder-per-class</c> or <c>csv</c>.</summary>
    public required string Layout { get; init; }

    public required List<string> Classes { get; init; }
    public required int TrainCount { get; init; }
    public required int ValidationCount { get; init; }
    public required int TestCount { get; init; }

    /// <summary>Files that could not be used; the manifest names them.</summary>
    public required int ProblemCount { get; init; }

    public required string Licence { get; init; }
    public required DateTime CreatedAt { get; init; }
}
