namespace LrcnLab.Core.Datasets;

/// <summary>What a person decides about an import; the defaults recognise everything by themselves.</summary>
public sealed record ImportOptions
{
    /// <summary>One of <see cref="LayoutNames"/>, or null to recognise it.</summary>
    public string? Layout { get; init; }

    /// <summary>Which of the official splits (UCF101 and HMDB51 have three), from 1.</summary>
    public int SplitNumber { get; init; } = 1;

    /// <summary>Share of the samples without an official split that goes to validation.</summary>
    public double ValidationShare { get; init; } = 0.2;

    /// <summary>Share of the samples without an official split that goes to test.</summary>
    public double TestShare { get; init; }

    /// <summary>Of the random split.</summary>
    public int Seed { get; init; } = 1;
}
