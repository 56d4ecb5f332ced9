using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LrcnLab.Core.Specs;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Runs.Form;

/// <summary>One field of a specification, drawn from its declaration.</summary>
public sealed partial class FieldInput
{
    private readonly string _id = "f" + Guid.CreateVersion7().ToString("N");

    [Parameter, EditorRequired]
    public required SpecDraft Draft { get; set; }

    [Parameter, EditorRequired]
    public required SpecField Field { get; set; }

    /// <summary>Path in the draft, with list indices.</summary>
    [Parameter, EditorRequired]
    public required string Path { get; set; }

    /// <summary>Without label and help, for a cell of a table whose header says both.</summary>
    [Parameter]
    public bool Compact { get; set; }

    [Parameter]
    public EventCallback Changed { get; set; }

    private string? Label => Compact ? $"{Field.Label} {Path}" : null;

    private string? HelpId => Compact ? null : _id + "h";

    private string Help => $"{Field.Help}{RangeText()} Default {DefaultText()}.";

    private string Shown()
    {
        JsonNode? node = Draft.Get(Path);
        if (node is JsonArray list)
            return string.Join(", ", list.Select(item => item?.ToString()));
        return node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node?.ToJsonString() ?? "";
    }

    private string DefaultText() => SpecWriter.Value(Field, Field.Default) is JsonValue value ? (value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()) : "none";

    private string RangeText() => Field.Kind is FieldKind.Integer or FieldKind.Integers or FieldKind.Number
        ? string.Create(CultureInfo.InvariantCulture, $" From {Short(Field.Minimum)} to {Short(Field.Maximum)}.")
        : "";

    private static string Short(double value) => value == int.MaxValue ? "2,147,483,647" : value is >= 10_000 and < 1e7 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("G6", CultureInfo.InvariantCulture);

    private async Task SetText(string typed)
    {
        Draft.SetTyped(Path, Field, typed);
        await Changed.InvokeAsync();
    }

    private async Task SetFlag(bool on)
    {
        Draft.Set(Path, JsonValue.Create(on));
        await Changed.InvokeAsync();
    }
}
