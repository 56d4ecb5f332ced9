using LrcnLab.Core.Datasets;

namespace LrcnLab.Storage.Entities;

public enum ImportState { Running, Completed, Failed, Canceled }

/// <summary>An import of a folder or list into a data set: what it does now, or how it ended.</summary>
public sealed class Import
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Of the data set.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute, of the folder or list that is read.</summary>
    public required string Path { get; init; }

    /// <summary>What the person decided.</summary>
    public required ImportOptions Options { get; init; }

    /// <summary>The upload that <see cref="Path"/> belongs to.</summary>
    public Guid? UploadId { get; init; }

    public ImportState State { get; set; }

    /// <summary>Somebody asked to stop it.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>What the worker does, in a word.</summary>
    public string Stage { get; set; } = "";

    public long Done { get; set; }
    public long Total { get; set; }

    /// <summary>How it ended, in words.</summary>
    public string Message { get; set; } = "";

    /// <summary>The version that it made or found unchanged.</summary>
    public Guid? VersionId { get; set; }

    public required DateTime CreatedAt { get; init; }
    public DateTime? EndedAt { get; set; }
}
