using System.Globalization;

namespace LrcnLab.Core.Datasets;

/// <summary>What a data-set version consists of, in figures: computed once, stored with the version, shown as its card.</summary>
public sealed record DataCard
{
    /// <summary>One of <see cref="DatasetTask"/>.</summary>
    public required string Task { get; init; }

    public required int Samples { get; init; }

    /// <summary>Clips of each class and split, in the order of their labels; empty where samples have sentences only.</summary>
    public required IReadOnlyList<ClassFigures> Classes { get; init; }

    /// <summary>All samples, with or without a class.</summary>
    public required ClassFigures Splits { get; init; }

    /// <summary>Null without classes.</summary>
    public ClassBalance? Balance { get; init; }

    /// <summary>Lengths in frames.</summary>
    public required Histogram Frames { get; init; }

    /// <summary>Lengths in seconds, of samples that have a frame rate; null when none has.</summary>
    public Histogram? Seconds { get; init; }

    /// <summary>Of all samples that have a frame rate, together.</summary>
    public required double TotalSeconds { get; init; }

    /// <summary>Samples of each frame rate, in frames a second.</summary>
    public required IReadOnlyList<Bar> FrameRates { get; init; }

    /// <summary>Samples of each size in pixels, width x height.</summary>
    public required IReadOnlyList<Bar> Sizes { get; init; }

    /// <summary>Samples of each ratio of width to height.</summary>
    public required IReadOnlyList<Bar> Aspects { get; init; }

    /// <summary>Null when the import did not look at colours.</summary>
    public PooledColors? Colors { get; init; }

    /// <summary>Recordings that samples were cut from; 0 when none are known.</summary>
    public required int Groups { get; init; }

    /// <summary>Samples whose file and cut are, bit for bit, those of an earlier sample.</summary>
    public required int IdenticalSamples { get; init; }

    /// <summary>Files that could not be used, by the kind of their reason.</summary>
    public required IReadOnlyList<Bar> Failures { get; init; }

    /// <summary>Null without sentences.</summary>
    public CaptionFigures? Captions { get; init; }

    public static DataCard Of(DatasetManifest manifest)
    {
        IReadOnlyList<Sample> samples = manifest.Samples;
        double[] seconds = [.. samples.Where(s => s.FrameRate > 0).Select(s => s.Frames / s.FrameRate)];
        ClassFigures[] classes = Classified(manifest);
        return new DataCard
        {
            Task = DatasetTask.Of(manifest),
            Samples = samples.Count,
            Classes = classes,
            Splits = Figures("", samples),
            Balance = ClassBalance.Of(classes),
            Frames = Histogram.Of([.. samples.Select(s => (double)s.Frames)]),
            Seconds = seconds.Length == 0 ? null : Histogram.Of(seconds),
            TotalSeconds = seconds.Sum(),
            FrameRates = Bar.Of(samples.OrderBy(s => s.FrameRate).Select(s => s.FrameRate > 0 ? s.FrameRate.ToString("0.##", CultureInfo.InvariantCulture) : "pictures")),
            Sizes = Bar.Of(samples.OrderBy(s => (long)s.Width * s.Height).Select(s => $"{s.Width}x{s.Height}")),
            Aspects = Bar.Of(samples.OrderBy(s => (double)s.Width / Math.Max(1, s.Height)).Select(s => AspectRatio.Name(s.Width, s.Height))),
            Colors = PooledColors.Of(samples.Select(s => s.Colors).OfType<ColorStatistics>()),
            Groups = samples.Select(s => s.Group).Where(g => g.Length > 0).Distinct(StringComparer.Ordinal).Count(),
            IdenticalSamples = samples.Count - samples.Select(s => (s.Sha256, s.Start, s.End)).Distinct().Count(),
            Failures = Bar.Largest(manifest.Problems.Select(FailureKind.Of)),
            Captions = CaptionFigures.Of(samples),
        };
    }

    private static ClassFigures[] Classified(DatasetManifest manifest)
    {
        ILookup<int, Sample> byLabel = manifest.Samples.ToLookup(s => s.Label);
        return [.. manifest.Classes.Select((name, label) => Figures(name, byLabel[label]))];
    }

    private static ClassFigures Figures(string name, IEnumerable<Sample> samples)
    {
        int[] counts = new int[Enum.GetValues<Split>().Length];
        foreach (Sample sample in samples)
            counts[(int)sample.Split]++;
        return new ClassFigures(name, counts[(int)Split.Train], counts[(int)Split.Validation], counts[(int)Split.Test]);
    }
}

public sealed record ClassFigures(string Name, int Train, int Validation, int Test)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public int All => Train + Validation + Test;

    public int In(Split split) => split switch { Split.Train => Train, Split.Validation => Validation, _ => Test };
}
