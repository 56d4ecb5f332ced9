using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Data;

/// <summary>Bars, upright for numbers in bins or flat for words, with the same figures as a table; what is drawn can be saved.</summary>
public sealed partial class CardPlot
{
    private const int Width = 480, UprightHeight = 150, Base = 130, RowHeight = 20, LabelWidth = 110, LabelRoom = 52, LongestLabel = 17, MostSpoken = 8;

    [Parameter, EditorRequired]
    public required string Title { get; set; }

    /// <summary>What the bars' labels are, with unit.</summary>
    [Parameter, EditorRequired]
    public required string Axis { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<Bar> Bars { get; set; }

    /// <summary>The figures in a line, such as range and median.</summary>
    [Parameter]
    public string Note { get; set; } = "";

    /// <summary>Bars lie, with a label before each.</summary>
    [Parameter]
    public bool Flat { get; set; }

    private int Most => Math.Max(1, Bars.Count == 0 ? 0 : Bars.Max(b => b.Count));

    private int FlatHeight => Math.Max(1, Bars.Count) * RowHeight;

    private double Step => Math.Min(60, (double)Width / Math.Max(1, Bars.Count));

    /// <summary>Only as many labels as have room.</summary>
    private int Every => (int)Math.Ceiling(Math.Max(LabelRoom, Bars.Count == 0 ? 0 : Bars.Max(b => b.Label.Length) * 6.5) / Step);

    private string FileName => Title.ToLowerInvariant().Replace(' ', '-');

    private string Spoken => $"{Title}: {string.Join(", ", Bars.OrderByDescending(b => b.Count).Take(MostSpoken).Select(b => $"{b.Label}: {Format.Count(b.Count)}"))}{(Bars.Count > MostSpoken ? "; all in the table below" : "")}";

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Shorten(string label) => label.Length <= LongestLabel ? label : label[..(LongestLabel - 1)] + "…";

    /// <summary>SVG's element of this name means something else in Razor.</summary>
    private static RenderFragment Words(double x, double y, string anchor, string words) => builder =>
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "x", Number(x));
        builder.AddAttribute(2, "y", Number(y));
        builder.AddAttribute(3, "text-anchor", anchor);
        builder.AddContent(4, words);
        builder.CloseElement();
    };

    private double Share(Bar bar) => (double)bar.Count / Most;
}
