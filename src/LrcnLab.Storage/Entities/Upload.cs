namespace LrcnLab.Storage.Entities;

public enum UploadState { Receiving, Received, Canceled }

/// <summary>Files that a browser sends, in pieces; they lie in the upload's own folder. Resumes where it stopped.</summary>
public sealed class Upload
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>What the browser calls the file or folder.</summary>
    public required string Name { get; init; }

    public UploadState State { get; set; }

    /// <summary>Announced by the browser.</summary>
    public required int FileCount { get; init; }

    /// <summary>Announced by the browser.</summary>
    public required long TotalBytes { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>When the last piece came.</summary>
    public DateTime ReceivedAt { get; set; }

    public List<UploadFile> Files { get; } = [];
}

/// <summary>One file of an upload.</summary>
public sealed class UploadFile
{
    public Guid UploadId { get; init; }

    /// <summary>From 0.</summary>
    public required int Number { get; init; }

    /// <summary>Relative, with forward slashes, checked to stay inside the upload's folder.</summary>
    public required string Path { get; init; }

    /// <summary>Announced by the browser.</summary>
    public required long Bytes { get; init; }

    /// <summary>Written and flushed.</summary>
    public long ReceivedBytes { get; set; }
}
