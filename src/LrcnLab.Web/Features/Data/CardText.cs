using System.Globalization;
using System.Text;
using LrcnLab.Core.Datasets;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Data;

/// <summary>A data card as a table for other programs.</summary>
public static class CardText
{
    /// <summary>CSV with the columns <c>figure, item, value</c>; a line for each figure and bar.</summary>
    public static string Csv(DataCard card)
    {
        var text = new StringBuilder("figure,item,value\n");
        Line("samples", "", card.Samples);
        foreach (ClassFigures c in card.Classes.Append(card.Splits with { Name = "(all)" }))
        {
            foreach (Split split in Enum.GetValues<Split>())
                Line($"clips in {split.ToString().ToLowerInvariant()}", c.Name, c.In(split));
        }

        if (card.Balance is { } balance)
        {
            Line("largest class in training", "", balance.Largest);
            Line("smallest class in training", "", balance.Smallest);
            Line("effective classes", "", balance.EffectiveClasses);
        }

        Spread("frames", card.Frames);
        if (card.Seconds is { } seconds)
            Spread("seconds", seconds);
        Line("seconds of all", "", card.TotalSeconds);
        Bars("frame rate", card.FrameRates);
        Bars("size", card.Sizes);
        Bars("aspect", card.Aspects);
        for (int i = 0; card.Colors is { } colors && i < colors.Mean.Length; i++)
        {
            Line("colour mean", "red green blue".Split(' ')[i], colors.Mean[i]);
            Line("colour deviation", "red green blue".Split(' ')[i], colors.Deviation[i]);
        }

        Line("groups", "", card.Groups);
        Line("identical samples", "", card.IdenticalSamples);
        Bars("unusable", card.Failures);
        if (card.Captions is { } captions)
        {
            Line("sentences", "", captions.Sentences);
            Line("vocabulary", "", captions.Vocabulary);
            Spread("sentences a sample", captions.PerSample);
            Spread("words a sentence", captions.Words);
        }

        return text.ToString();

        void Line(string figure, string item, double value) => text.Append(Cell(figure)).Append(',').Append(Cell(item)).Append(',').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');

        void Bars(string figure, IReadOnlyList<Bar> bars)
        {
            foreach (Bar bar in bars)
                Line(figure, bar.Label, bar.Count);
        }

        void Spread(string figure, Histogram h)
        {
            (string, double)[] numbers = [("minimum", h.Minimum), ("median", h.Median), ("mean", h.Mean), ("maximum", h.Maximum)];
            foreach ((string name, double value) in numbers)
                Line(figure, name, value);
            foreach (Bin bin in h.Bins)
                Line(figure, bin.Label, bin.Count);
        }
    }

    public static string Csv(IEnumerable<SampleProblem> problems) =>
        "path,reason\n" + string.Concat(problems.Select(p => $"{Cell(p.Path)},{Cell(p.Reason)}\n"));

    /// <summary>Quoted where needed; what a spreadsheet would take for a formula gets an apostrophe before it.</summary>
    private static string Cell(string text)
    {
        text = CsvText.Safe(text);
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
