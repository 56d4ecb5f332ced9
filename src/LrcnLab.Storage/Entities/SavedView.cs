namespace LrcnLab.Storage.Entities;

/// <summary>A choice on a page that somebody gave a name: what stands in its address.</summary>
public sealed class SavedView
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The page, such as <c>runs</c>.</summary>
    public required string Page { get; init; }

    /// <summary>Once a page.</summary>
    public required string Name { get; init; }

    /// <summary>Query of the address, without the question mark.</summary>
    public required string Address { get; set; }

    public required DateTime CreatedAt { get; init; }
}
