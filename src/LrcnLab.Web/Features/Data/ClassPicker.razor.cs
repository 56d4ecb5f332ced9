using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace LrcnLab.Web.Features.Data;

/// <summary>Chooses one of perhaps hundreds of classes by typing a part of its name.</summary>
public sealed partial class ClassPicker
{
    private const int MostShown = 50;
    private readonly string _id = "c" + Guid.CreateVersion7().ToString("N");
    private IReadOnlyList<string> _matches = [];
    private string _typed = "";
    private bool _open;
    private int _active;

    [Parameter, EditorRequired]
    public required string Label { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<string> Classes { get; set; }

    /// <summary>Clips of a class, shown beside it.</summary>
    [Parameter]
    public Func<string, int>? Counts { get; set; }

    /// <summary>The chosen class, or empty.</summary>
    [Parameter]
    public string Value { get; set; } = "";

    /// <summary>What the choice of no class is called; null when a class must be chosen.</summary>
    [Parameter]
    public string? AllWord { get; set; }

    [Parameter]
    public string Placeholder { get; set; } = "";

    [Parameter]
    public EventCallback<string> Chosen { get; set; }

    /// <summary>Bound, not rendered: what is typed while an earlier letter is still on its way is not overwritten by it.</summary>
    private string Shown => _open ? _typed : Value;

    private string ListId => _id + "l";

    private string OptionId(int i) => $"{_id}o{i}";

    private void Open()
    {
        if (!_open)
            Type("");
    }

    private void Close() => _open = false;

    private void Type(string? text)
    {
        string typed = text ?? "";
        (_typed, _open, _active) = (typed, true, 0);
        IEnumerable<string> found = Classes.Where(c => c.Contains(typed, StringComparison.OrdinalIgnoreCase)).OrderBy(c => !c.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Take(MostShown);
        _matches = [.. AllWord is not null && typed.Length == 0 ? found.Prepend("") : found];
    }

    private async Task KeyAsync(KeyboardEventArgs e)
    {
        switch (e.Key)
        {
            case "ArrowDown" when !_open:
                Type("");
                break;
            case "ArrowDown":
                _active = Math.Min(_active + 1, Math.Max(0, _matches.Count - 1));
                break;
            case "ArrowUp":
                _active = Math.Max(0, _active - 1);
                break;
            case "Enter" when _open && _active < _matches.Count:
                await ChooseAsync(_matches[_active]);
                break;
            case "Escape":
                _open = false;
                break;
        }
    }

    private Task ChooseAsync(string choice)
    {
        (_open, _typed) = (false, "");
        return Chosen.InvokeAsync(choice);
    }
}
