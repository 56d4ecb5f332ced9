namespace LrcnLab.Core.Datasets;

/// <summary>What can be said of samples without comparing them with each other's pictures.</summary>
public static class SampleChecks
{
    /// <summary>A sample is short with fewer than this share of the median's frames.</summary>
    private const double ShortShare = 0.25;

    /// <summary>Deviation of every colour below which a sample counts as blank, on the scale 0 to 1: 5 of 255.</summary>
    private const double BlankDeviation = 0.02;

    /// <summary><see cref="SampleFlags.Short"/> and <see cref="SampleFlags.Blank"/> of each sample, in their order.</summary>
    public static SampleFlags[] Flags(IReadOnlyList<Sample> samples)
    {
        if (samples.Count == 0)
            return [];
        double shortest = ShortShare * Histogram.MedianOf([.. samples.Select(s => (double)s.Frames).Order()]);
        return [.. samples.Select(s => (s.Frames < shortest ? SampleFlags.Short : SampleFlags.None) | (IsBlank(s.Colors) ? SampleFlags.Blank : SampleFlags.None))];
    }

    /// <summary>Nearly one colour over all frames; false where colours are not known.</summary>
    public static bool IsBlank(ColorStatistics? colors) => colors is { Deviation.Length: > 0 } && colors.Deviation.All(d => d < BlankDeviation);
}
