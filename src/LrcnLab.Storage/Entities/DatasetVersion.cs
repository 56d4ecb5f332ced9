using LrcnLab.Core.Datasets;

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

    /// <summary>One of <see cref="LayoutNames"/>.</summary>
    public required string Layout { get; init; }

    public required List<string> Classes { get; init; }
    public required int TrainCount { get; init; }
    public required int ValidationCount { get; init; }
    public required int TestCount { get; init; }

    /// <summary>Files that could not be used; the manifest names them.</summary>
    public required int ProblemCount { get; init; }

    public required string Licence { get; init; }

    /// <summary>One of <see cref="DatasetTask"/>.</summary>
    public string Task { get; init; } = DatasetTask.ActivityRecognition;

    /// <summary>The version that this one was edited from.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>What the edit changed, one sentence an operation.</summary>
    public List<string> Changes { get; init; } = [];

    /// <summary>Labels of classes that must not be mirrored.</summary>
    public List<int> Unmirrored { get; init; } = [];

    /// <summary>Figures of the data card as JSON, or empty for versions from before there was one.</summary>
    public string Card { get; init; } = "";

    /// <summary>What the leak guard found, as JSON, or empty for versions from before there was one.</summary>
    public string Leaks { get; init; } = "";

    public required DateTime CreatedAt { get; init; }
}
