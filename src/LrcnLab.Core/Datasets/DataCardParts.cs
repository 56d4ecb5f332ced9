using System.Globalization;

namespace LrcnLab.Core.Datasets;

/// <summary>How many of a kind.</summary>
public sealed record Bar(string Label, int Count)
{
    private const int Most = 12;

    /// <summary>Counts equal labels, kept in the order in which they first come; when there are more than a dozen, rare ones become "other".</summary>
    public static IReadOnlyList<Bar> Of(IEnumerable<string> labels)
    {
        List<Bar> bars = [.. labels.CountBy(l => l, StringComparer.Ordinal).Select(c => new Bar(c.Key, c.Value))];
        if (bars.Count <= Most)
            return bars;
        HashSet<Bar> kept = [.. bars.OrderByDescending(b => b.Count).Take(Most - 1)];
        return [.. bars.Where(kept.Contains), new Bar("other", bars.Where(b => !kept.Contains(b)).Sum(b => b.Count))];
    }

    /// <summary>As <see cref="Of"/>, the most frequent first.</summary>
    public static IReadOnlyList<Bar> Largest(IEnumerable<string> labels) => [.. Of(labels).OrderBy(b => b.Label == "other").ThenByDescending(b => b.Count)];
}

/// <summary>How equally training clips are spread over classes.</summary>
/// <param name="Largest">Training clips of the largest class.</param>
/// <param name="Smallest">Training clips of the smallest class.</param>
/// <param name="EffectiveClasses">Exponential of the entropy of the shares: the number of equally large classes that would be as hard to guess.</param>
public sealed record ClassBalance(int Largest, int Smallest, double EffectiveClasses)
{
    /// <summary>Largest over smallest; null when a class has no training clip.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? Ratio => Smallest == 0 ? null : (double)Largest / Smallest;

    /// <returns>Null without classes or training clips.</returns>
    public static ClassBalance? Of(IReadOnlyList<ClassFigures> classes)
    {
        double all = classes.Sum(c => (double)c.Train);
        if (all == 0)
            return null;
        double entropy = -classes.Where(c => c.Train > 0).Sum(c => c.Train / all * Math.Log(c.Train / all));
        return new ClassBalance(classes.Max(c => c.Train), classes.Min(c => c.Train), Math.Exp(entropy));
    }
}

/// <summary>Colours of all samples together, each sample with the same weight, for red, green, blue on the scale 0 to 1.</summary>
/// <param name="Mean">Of all pixels.</param>
/// <param name="Deviation">Of all pixels: within samples and between them.</param>
/// <param name="Samples">Samples whose colours are known.</param>
public sealed record PooledColors(double[] Mean, double[] Deviation, int Samples)
{
    private const int Channels = 3;

    /// <returns>Null when there are none.</returns>
    public static PooledColors? Of(IEnumerable<ColorStatistics> samples)
    {
        double[] mean = new double[Channels], square = new double[Channels];
        int count = 0;
        foreach (ColorStatistics sample in samples.Where(s => s.Mean.Length == Channels && s.Deviation.Length == Channels))
        {
            count++;
            for (int c = 0; c < Channels; c++)
            {
                mean[c] += sample.Mean[c];
                square[c] += sample.Deviation[c] * sample.Deviation[c] + sample.Mean[c] * sample.Mean[c];
            }
        }

        if (count == 0)
            return null;
        for (int c = 0; c < Channels; c++)
            mean[c] /= count;
        return new PooledColors(mean, [.. square.Select((s, c) => Math.Sqrt(Math.Max(0, s / count - mean[c] * mean[c])))], count);
    }
}

/// <summary>Sentences of a captioned set.</summary>
/// <param name="Sentences">All of them.</param>
/// <param name="PerSample">Sentences of each sample.</param>
/// <param name="Words">Words of each sentence.</param>
/// <param name="Vocabulary">Different words, without regard to case.</param>
/// <param name="WithoutSentence">Samples that have none.</param>
public sealed record CaptionFigures(int Sentences, Histogram PerSample, Histogram Words, int Vocabulary, int WithoutSentence)
{
    /// <returns>Null when no sample has a sentence.</returns>
    public static CaptionFigures? Of(IReadOnlyList<Sample> samples)
    {
        var vocabulary = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var words = new List<double>();
        foreach (string sentence in samples.SelectMany(s => s.Captions))
        {
            IReadOnlyList<string> found = WordsOf(sentence);
            words.Add(found.Count);
            vocabulary.UnionWith(found);
        }

        return words.Count == 0
            ? null
            : new CaptionFigures(words.Count, Histogram.Of([.. samples.Select(s => (double)s.Captions.Count)]), Histogram.Of([.. words]), vocabulary.Count, samples.Count(s => s.Captions.Count == 0));
    }

    /// <summary>Runs of letters, digits and apostrophes; everything else parts words.</summary>
    public static IReadOnlyList<string> WordsOf(string sentence)
    {
        var words = new List<string>();
        int start = -1;
        for (int i = 0; i <= sentence.Length; i++)
        {
            bool inside = i < sentence.Length && (char.IsLetterOrDigit(sentence[i]) || (start >= 0 && sentence[i] is '\'' or '’'));
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            words.Add(sentence[start..i].TrimEnd('\'', '’'));
            start = -1;
        }

        return words;
    }
}

/// <summary>Ratios of width to height as people call them.</summary>
public static class AspectRatio
{
    private static readonly (int Width, int Height)[] Known = [(1, 1), (5, 4), (4, 3), (3, 2), (16, 10), (5, 3), (16, 9), (2, 1), (21, 9)];

    /// <summary>Such as <c>4:3</c>, within one percent; else <c>1.22:1</c>.</summary>
    public static string Name(int width, int height)
    {
        if (width <= 0 || height <= 0)
            return "unknown";
        double ratio = (double)width / height;
        foreach ((int w, int h) in Known)
        {
            if (Math.Abs(ratio * h / w - 1) < 0.01)
                return $"{w}:{h}";
            if (Math.Abs(ratio * w / h - 1) < 0.01)
                return $"{h}:{w}";
        }

        return ratio >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{ratio:0.#}:1") : string.Create(CultureInfo.InvariantCulture, $"1:{1 / ratio:0.#}");
    }
}
