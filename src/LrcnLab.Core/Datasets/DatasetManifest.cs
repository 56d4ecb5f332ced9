using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LrcnLab.Core.Datasets;

public enum Split { Train, Validation, Test }

/// <summary>
/// A data-set version as the worker's <c>import</c> wrote it to <c>manifest.json</c>: which files, which labels, which split.
/// Immutable; <see cref="Hash"/> is over files, labels and splits.
/// </summary>
public sealed record DatasetManifest
{
    public required string Name { get; init; }

    /// <summary>The layout that was recognised, one of <see cref="LayoutNames"/>.</summary>
    public required string Layout { get; init; }

    /// <summary>Absolute path of the folder that samples' paths are relative to.</summary>
    public required string Root { get; init; }

    /// <summary>Class names; a label is an index into them. Empty where samples have sentences only.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Labels of classes that must not be mirrored, because left and right differ in meaning.</summary>
    public IReadOnlyList<int> Unmirrored { get; init; } = [];

    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>Files that could not be used, each with its reason.</summary>
    public IReadOnlyList<SampleProblem> Problems { get; init; } = [];

    /// <summary>Licence text that lay beside the data, or empty.</summary>
    public string Licence { get; init; } = "";

    /// <summary><see cref="Hash"/> of the version that this one was edited from, or empty.</summary>
    public string Parent { get; init; } = "";

    /// <summary>What the edit changed, one sentence an operation.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    public DateTime CreatedAt { get; init; }

    /// <summary>Lower-case hex SHA-256 over everything that a run can notice: classes, and each sample's content, cut, label and split.</summary>
    public string Hash()
    {
        var text = new StringBuilder();
        text.Append(JsonSerializer.Serialize(Classes, LabJson.Options)).Append('\n');
        if (Unmirrored.Count > 0)
            text.Append(JsonSerializer.Serialize(Unmirrored, LabJson.Options)).Append('\n');
        foreach (Sample s in Samples)
            text.Append(JsonSerializer.Serialize(new object?[] { s.Path, s.Sha256, s.Label, s.Split, s.Start, s.End, s.Captions }, LabJson.Options)).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>One clip of video: a file, or the part of it between <see cref="Start"/> and <see cref="End"/>.</summary>
public sealed record Sample
{
    /// <summary>Relative to the data set's root, with forward slashes.</summary>
    public required string Path { get; init; }

    /// <summary>Index into the classes; -1 for a sample that has sentences only.</summary>
    public required int Label { get; init; }

    public required Split Split { get; init; }

    /// <summary>The recording that the sample was cut from (UCF101's <c>g08</c>, a film, a person), or empty. Random splits keep it together.</summary>
    public string Group { get; init; } = "";

    /// <summary>Seconds from the start of the file; null for the whole file.</summary>
    public double? Start { get; init; }

    /// <summary>Seconds from the start of the file; null for the whole file.</summary>
    public double? End { get; init; }

    /// <summary>Frames of this part.</summary>
    public required int Frames { get; init; }

    /// <summary>Frames a second; 0 for a folder of pictures.</summary>
    public required double FrameRate { get; init; }

    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>Lower-case hex, of the whole file (of all frames' files in order for a folder of frames).</summary>
    public required string Sha256 { get; init; }

    public IReadOnlyList<string> Captions { get; init; } = [];

    /// <summary>What the frames look like, by which near-duplicates are found; null where it was not computed.</summary>
    public FrameFingerprint? Fingerprint { get; init; }

    /// <summary>Mean and deviation of the colours; null where they were not computed.</summary>
    public ColorStatistics? Colors { get; init; }
}

/// <summary>Perceptual hashes of frames spread evenly over a sample: 256 bits each, base64 of all of them one after another.</summary>
public sealed record FrameFingerprint(string Hashes);

/// <summary>Over all pixels of a sample's preview frames, on the scale 0 to 1, for red, green, blue.</summary>
public sealed record ColorStatistics(double[] Mean, double[] Deviation);

public sealed record SampleProblem(string Path, string Reason);
