namespace LrcnLab.Storage.Entities;

/// <summary>A named series of data-set versions.</summary>
public sealed class Dataset
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; init; }
    public required DateTime CreatedAt { get; init; }

    /// <summary>What people wrote about source and licence, in Markdown.</summary>
    public string Notes { get; set; } = "";

    public List<DatasetVersion> Versions { get; } = [];
}
