using System.Globalization;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Web.Features.Runs.Form;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Data;

/// <summary>Settings under which clips are drawn as a model would see them: a preset's or run's, and whatever is changed here.</summary>
public sealed partial class BrowseView
{
    private readonly SpecDraft _draft = new(Presets.QuickStart.Spec);
    private string? _loaded;
    private bool _chance = true, _normalized, _changed;
    private int _epoch = 1, _seed = 1;

    /// <summary>Name of a preset, or id of a run.</summary>
    [Parameter, EditorRequired]
    public required string Basis { get; set; }

    /// <summary>Runs whose settings can be chosen.</summary>
    [Parameter]
    public IReadOnlyList<CardRun> Runs { get; set; } = [];

    /// <summary>Reads the specification of a run; null when it is gone.</summary>
    [Parameter, EditorRequired]
    public required Func<Guid, Task<RunSpec?>> RunSpecOf { get; set; }

    /// <summary>Clips are being drawn.</summary>
    [Parameter]
    public bool Busy { get; set; }

    [Parameter]
    public string? Problem { get; set; }

    /// <summary>Which draw is to be shown now.</summary>
    [Parameter]
    public EventCallback<ClipView> Changed { get; set; }

    [Parameter]
    public EventCallback<string> BasisChosen { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == Basis)
            return;
        _loaded = Basis;
        RunSpec? spec = Presets.Find(Basis)?.Spec ?? (Guid.TryParse(Basis, out Guid run) ? await RunSpecOf(run) : null);
        if (spec is null)
            return;
        _draft.Replace(spec);
        _seed = spec.Training.Seed;
        await ApplyAsync();
    }

    private static IReadOnlyList<SpecField> Fields(string section) => SpecField.All.First(f => f.Name == section).Children;

    private static int Number(object? typed, int least, int before) =>
        int.TryParse(typed?.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least ? number : before;

    private Task BasisAsync(string basis) => BasisChosen.InvokeAsync(basis);

    private void Mark() => _changed = true;

    private Task SetAsync(Action change)
    {
        change();
        return ApplyAsync();
    }

    private Task ApplyAsync()
    {
        if (_draft.Result.Spec is not { } spec)
            return Task.CompletedTask;
        _changed = false;
        return Changed.InvokeAsync(new ClipView(spec with { Training = spec.Training with { Seed = _seed } }, _chance ? _epoch : null, _normalized));
    }
}
