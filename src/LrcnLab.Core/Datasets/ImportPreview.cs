namespace LrcnLab.Core.Datasets;

/// <summary>What an import understands of a folder, table or archive before it decodes or writes anything.</summary>
public sealed record ImportPreview
{
    /// <summary>One of <see cref="LayoutNames"/>; empty when nothing was recognised.</summary>
    public required string Layout { get; init; }

    /// <summary>One sentence: by what the layout was recognised.</summary>
    public required string Explanation { get; init; }

    /// <summary>Why nothing can be imported, or null.</summary>
    public string? Refusal { get; init; }

    /// <summary>How many official splits there are to choose from; 0 for none.</summary>
    public int SplitChoices { get; init; }

    public int Samples { get; init; }

    /// <summary>Files that the samples are cut from.</summary>
    public int Files { get; init; }

    /// <summary>Of those files.</summary>
    public long Bytes { get; init; }

    public int Captions { get; init; }

    /// <summary>Samples of each class and split as they would be imported, classes in the order of their labels; empty for captions only.</summary>
    public IReadOnlyList<ClassPreview> Classes { get; init; } = [];

    public int Train { get; init; }
    public int Validation { get; init; }
    public int Test { get; init; }

    /// <summary>True when the splits are the publisher's, false when they are drawn.</summary>
    public bool OfficialSplits { get; init; }

    /// <summary>Different recordings, see <see cref="Sample.Group"/>; 0 when none were recognised.</summary>
    public int Groups { get; init; }

    /// <summary>Some samples to look at.</summary>
    public IReadOnlyList<SamplePreview> Examples { get; init; } = [];

    /// <summary>What will be left out and why; the first 200.</summary>
    public IReadOnlyList<SampleProblem> Problems { get; init; } = [];

    public int ProblemCount { get; init; }
}

public sealed record ClassPreview(string Name, int Train, int Validation, int Test);

/// <summary>A sample as it would be imported; <see cref="Class"/> is empty for captions only.</summary>
public sealed record SamplePreview(string Path, string Class, Split Split, string Group, double? Start, double? End, IReadOnlyList<string> Captions);
