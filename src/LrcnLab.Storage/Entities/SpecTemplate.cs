namespace LrcnLab.Storage.Entities;

/// <summary>A specification that somebody keeps to start runs from, beside the presets.</summary>
public sealed class SpecTemplate
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Once.</summary>
    public required string Name { get; init; }

    /// <summary>What it is good for, in a sentence.</summary>
    public string Summary { get; set; } = "";

    public required string SpecJson { get; set; }

    /// <summary>Name of the preset that it was made from.</summary>
    public string? Preset { get; set; }

    public required DateTime CreatedAt { get; init; }
}
