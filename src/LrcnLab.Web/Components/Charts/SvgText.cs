using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace LrcnLab.Web.Components.Charts;

/// <summary>A text of a drawing. Razor keeps the tag <c>text</c> to itself.</summary>
public sealed class SvgText : ComponentBase
{
    [Parameter, EditorRequired]
    public required double X { get; set; }

    [Parameter, EditorRequired]
    public required double Y { get; set; }

    [Parameter, EditorRequired]
    public required string Text { get; set; }

    /// <summary><c>start</c>, <c>middle</c> or <c>end</c>.</summary>
    [Parameter]
    public string Anchor { get; set; } = "start";

    [Parameter]
    public int Size { get; set; } = 10;

    [Parameter]
    public string Fill { get; set; } = "var(--lab-ink-2)";

    /// <summary>What the text stands for, where it is shortened.</summary>
    [Parameter]
    public string? Title { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "x", X.ToString("0.#", CultureInfo.InvariantCulture));
        builder.AddAttribute(2, "y", Y.ToString("0.#", CultureInfo.InvariantCulture));
        builder.AddAttribute(3, "text-anchor", Anchor);
        builder.AddAttribute(4, "font-size", Size);
        builder.AddAttribute(5, "fill", Fill);
        // Readable where lines cross it.
        builder.AddAttribute(6, "style", "paint-order:stroke;stroke:var(--lab-surface);stroke-width:3px");
        builder.AddContent(7, Text);
        if (Title is not null)
        {
            builder.OpenElement(8, "title");
            builder.AddContent(9, Title);
            builder.CloseElement();
        }

        builder.CloseElement();
    }
}
