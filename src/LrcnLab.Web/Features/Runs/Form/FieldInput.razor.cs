using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LrcnLab.Core.Specs;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Runs.Form;

/// <summary>One field of a specification, drawn from its declaration.</summary>
public sealed partial class FieldInput
{
    private bool _several;
    private string? _typed, _typedFor;
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

    /// <summary>Whether the field shows a box for each choice, of which several may be ticked.</summary>
    private bool ShowsSeveral => _several || Draft.VariedAt(Path) is not null;

    private bool MayTickSeveral => !Compact && Field.Kind is FieldKind.Choice or FieldKind.Flag && SpecDraft.MayVary(Path, Field);

    private IReadOnlyList<string> Choices => Field.Kind == FieldKind.Flag ? ["true", "false"] : Field.Choices;

    private IReadOnlyList<string> Ticked => [.. (Draft.VariedAt(Path) ?? [Draft.Get(Path)]).Select(Text)];

    /// <summary>What was typed, as long as it means what the draft holds: "0." stays while it is on its way to "0.5".</summary>
    private string Shown()
    {
        if (_typed is not null && _typedFor == Held())
            return _typed;
        if (Draft.VariedAt(Path) is { } several)
            return string.Join(", ", several.Select(Text));
        JsonNode? node = Draft.Get(Path);
        if (node is JsonArray list)
            return string.Join(", ", list.Select(item => item?.ToString()));
        return Text(node);
    }

    private string Held() => Draft.VariedAt(Path) is { } several ? string.Join(',', several.Select(v => v?.ToJsonString())) : Draft.Get(Path)?.ToJsonString() ?? "";

    private static string Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node?.ToJsonString() ?? "";

    private string DefaultText() => SpecWriter.Value(Field, Field.Default) is JsonValue value ? (value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()) : "none";

    private string RangeText() => Field.Kind is FieldKind.Integer or FieldKind.Integers or FieldKind.Number
        ? string.Create(CultureInfo.InvariantCulture, $" From {Short(Field.Minimum)} to {Short(Field.Maximum)}.")
        : "";

    private static string Short(double value) => value == int.MaxValue ? "2,147,483,647" : value is >= 10_000 and < 1e7 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("G6", CultureInfo.InvariantCulture);

    private async Task SetText(string? text)
    {
        string typed = text ?? "";
        Draft.SetTyped(Path, Field, typed);
        (_typed, _typedFor) = (typed, Held());
        await Changed.InvokeAsync();
    }

    private async Task TickAsync(string choice, bool on)
    {
        string[] ticked = [.. Choices.Where(c => c == choice ? on : Ticked.Contains(c))];
        Draft.Vary(Path, [.. ticked.Select(c => Field.Kind == FieldKind.Flag ? JsonValue.Create(c == "true") : JsonValue.Create(c))]);
        await Changed.InvokeAsync();
    }

    private async Task SeveralAsync()
    {
        _several = !ShowsSeveral;
        if (!_several)
            Draft.Set(Path, Draft.Get(Path)?.DeepClone());
        await Changed.InvokeAsync();
    }

    private async Task SetFlag(bool on)
    {
        Draft.Set(Path, JsonValue.Create(on));
        await Changed.InvokeAsync();
    }
}
