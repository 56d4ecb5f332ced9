using System.Globalization;
using System.Text.Json.Serialization;

namespace LrcnLab.Core.Datasets;

/// <summary>How samples of one recording ended up in several splits.</summary>
public enum LeakKind
{
    /// <summary>Files of one recording, see <see cref="Sample.Group"/>.</summary>
    Recording,

    /// <summary>Parts of one file that have no moment in common.</summary>
    File,

    /// <summary>Parts of one file that have moments in common.</summary>
    Overlap,
}

/// <summary>Samples that belong together and are in more than one split.</summary>
/// <param name="Kind">By what they belong together.</param>
/// <param name="Name">Of the recording, or path of the file.</param>
/// <param name="Train">Samples in train.</param>
/// <param name="Validation">Samples in validation.</param>
/// <param name="Test">Samples in test.</param>
/// <param name="Examples">One sample of each split concerned, to look at.</param>
public sealed record LeakingGroup(LeakKind Kind, string Name, int Train, int Validation, int Test, IReadOnlyList<int> Examples);

/// <summary>Two samples of different splits that look the same.</summary>
/// <param name="First">The one in the earlier split, so in train when one is there.</param>
/// <param name="Second">The other.</param>
/// <param name="Distance">Share of the fingerprint's bits that differ, from 0; 0 also for the same file.</param>
public sealed record SamplePair(int First, int Second, double Distance);

/// <summary>What the leak guard found in a version: what the held-out splits share with the others, so that results on them look better than they are.</summary>
public sealed record LeakReport
{
    /// <summary>Recordings and files in more than one split.</summary>
    public int GroupCount { get; init; }

    /// <summary>The first of them, those with the most samples first.</summary>
    public IReadOnlyList<LeakingGroup> Groups { get; init; } = [];

    /// <summary>Near-duplicates across splits.</summary>
    public long PairCount { get; init; }

    /// <summary>True when there are at least so many, and counting was given up.</summary>
    public bool CountIsLowerBound { get; init; }

    /// <summary>The first of them, the most alike first.</summary>
    public IReadOnlyList<SamplePair> Pairs { get; init; } = [];

    /// <summary>Samples that look like another one of their own split.</summary>
    public int Duplicates { get; init; }

    /// <summary>Samples that could be compared by their looks.</summary>
    public int Compared { get; init; }

    /// <summary>Whether a run on this version needs somebody's consent.</summary>
    [JsonIgnore]
    public bool IsLeaking => GroupCount > 0 || PairCount > 0;

    /// <summary>What leaks, without a full stop: "2 recordings and 12 pairs of look-alikes are in more than one split".</summary>
    public string Summary() => (GroupCount, PairCount) switch
    {
        (0, 0) => "nothing is shared between the splits",
        (_, 0) => $"{GroupWords()} {(GroupCount == 1 ? "is" : "are")} in more than one split",
        (0, _) => $"{PairWords()} {(PairCount == 1 ? "is" : "are")} spread over two splits",
        _ => $"{GroupWords()} {(GroupCount == 1 ? "is" : "are")} in more than one split, and {PairWords()} {(PairCount == 1 ? "is" : "are")} spread over two",
    };

    /// <summary>Why nothing should be trained on it without consent, in full sentences.</summary>
    /// <param name="what">Such as "version 3 of "gestures"".</param>
    public string Refusal(string what) => $"The splits of {what} leak: {Summary()}. Results on held-out samples would look better than they are. Draw the splits anew, or drop what is twice.";

    private string GroupWords() => string.Create(CultureInfo.InvariantCulture, $"{GroupCount:N0} {(GroupCount == 1 ? "recording" : "recordings")}");

    private string PairWords() => string.Create(CultureInfo.InvariantCulture, $"{(CountIsLowerBound ? "at least " : "")}{PairCount:N0} {(PairCount == 1 ? "pair" : "pairs")} of look-alikes");
}
