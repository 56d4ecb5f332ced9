using LrcnLab.Core.Datasets;

namespace LrcnLab.Storage.Entities;

/// <summary>One clip of a data-set version, as its manifest has it.</summary>
public sealed class SampleRow
{
    public Guid VersionId { get; init; }

    /// <summary>Place in the manifest, from 0; predictions name samples by it.</summary>
    public required int Index { get; init; }

    /// <summary>Relative to the version's root, with forward slashes.</summary>
    public required string Path { get; init; }

    /// <summary>Index into the version's classes; -1 for a sample that has sentences only.</summary>
    public required int Label { get; init; }

    /// <summary>The recording that it was cut from, or empty.</summary>
    public string Group { get; init; } = "";

    /// <summary>What deserves a look.</summary>
    public SampleFlags Flags { get; init; }

    public required Split Split { get; init; }

    /// <summary>Seconds from the start of the file; null for the whole file.</summary>
    public double? Start { get; init; }

    /// <summary>Seconds from the start of the file; null for the whole file.</summary>
    public double? End { get; init; }

    public required int Frames { get; init; }

    /// <summary>Frames a second; 0 for a folder of pictures.</summary>
    public required double FrameRate { get; init; }

    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>Lower-case hex of the whole file.</summary>
    public required string Sha256 { get; init; }

    public required List<string> Captions { get; init; }

    /// <summary>The version in whose folder the preview lies, since an edited version shares those of its parent; null for its own.</summary>
    public Guid? PreviewVersionId { get; init; }

    /// <summary>Index of the preview in that version.</summary>
    public int PreviewIndex { get; init; }
}
