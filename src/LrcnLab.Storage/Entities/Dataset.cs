namespace LrcnLab.Storage.Entities;

/// <summary>A named series of data-set versions.</summary>
public sealed class Dataset
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; init; }
    public required DateTime CreatedAt { get; init; }
    public List<DatasetVersion> Versions { get; } = [];
}
