namespace LrcnLab.Core.Datasets;

/// <summary>What deserves a look in a sample that can be used.</summary>
[Flags]
public enum SampleFlags
{
    None = 0,

    /// <summary>Looks like a sample of another split.</summary>
    DuplicateAcrossSplits = 1,

    /// <summary>Looks like a sample of the same split.</summary>
    Duplicate = 2,

    /// <summary>Its recording is in more than one split.</summary>
    GroupAcrossSplits = 4,

    /// <summary>Less than a quarter of the median length.</summary>
    Short = 8,

    /// <summary>Nearly one colour: black, white or blank.</summary>
    Blank = 16,
}
