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
    private RunSpec _basis = Presets.QuickStart.Spec;
    private string? _loaded, _unknown;
    private bool _changed;

    /// <summary>What is drawn now.</summary>
    [Parameter, EditorRequired]
    public required ViewChoice Choice { get; set; }

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

    /// <summary>Something else shall be drawn.</summary>
    [Parameter]
    public EventCallback<ViewChoice> Chosen { get; set; }

    private int Seed => Choice.Seed ?? _basis.Training.Seed;

    protected override async Task OnParametersSetAsync()
    {
        string loading = Choice.Key;
        if (_loaded == loading)
            return;
        _loaded = loading;
        RunSpec? basis = Presets.Find(Choice.Basis)?.Spec ?? (Guid.TryParse(Choice.Basis, out Guid run) ? await RunSpecOf(run) : null);
        if (_loaded != loading)
            return;
        _basis = basis ?? Presets.QuickStart.Spec;
        SpecResult changed = SpecText.Set(_basis, Choice.Changes);
        _unknown = basis is null
            ? $"There is no preset or run “{Choice.Basis}”: these are the settings of {Presets.QuickStart.Title}."
            : changed.Spec is null ? $"The address has settings that cannot be used, so they are left as they were: {string.Join(" ", changed.Problems)}" : null;
        _draft.Replace(changed.Spec ?? _basis);
        _changed = false;
        await DrawAsync();
    }

    private static IReadOnlyList<SpecField> Fields(string section) => SpecField.All.First(f => f.Name == section).Children;

    private static int Number(object? typed, int least, int before) =>
        int.TryParse(typed?.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least ? number : before;

    private void Mark() => _changed = true;

    /// <summary>With what was changed in the fields, if that is possible.</summary>
    private Task ChooseAsync(ViewChoice choice) =>
        Chosen.InvokeAsync(_draft.Result.Spec is { } spec ? choice with { Changes = SpecText.Assignments(_basis, spec) } : choice);

    private Task DrawAsync()
    {
        RunSpec spec = _draft.Result.Spec ?? _basis;
        return Changed.InvokeAsync(new ClipView(spec with { Training = spec.Training with { Seed = Seed } }, Choice.Chance ? Choice.Epoch : null, Choice.Normalized));
    }
}
