using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Data;
using LrcnLab.Web.Features.Projects;
using LrcnLab.Web.Features.Runs.Form;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Runs;

/// <summary>The form for a new run: preset or parent run, settings, what they cost, launch.</summary>
public sealed partial class NewRun : IDisposable
{
    private static readonly HashSet<string> HiddenFields = ["data.dataset"];

    private readonly PageLifetime _closed = new();
    private SpecDraft? _draft;
    private RunSpec _start = Presets.QuickStart.Spec;
    private string? _preset;
    private string? _parentName;
    private string _name = "";
    private string? _text;
    private IReadOnlyList<SpecProblem> _textProblems = [];
    private IReadOnlyList<SpecProblem> _refusals = [];
    private string? _noRoom;
    private IReadOnlyList<DatasetRow> _datasets = [];
    private bool _showAll;
    private bool _launching;
    private int _priority;
    private string? _project, _experiment;
    private IReadOnlyList<ProjectRow> _projects = [];

    [Inject]
    public required RunQueries Queries { get; init; }

    [Inject]
    public required DatasetQueries Datasets { get; init; }

    [Inject]
    public required ProjectQueries Projects { get; init; }

    [Inject]
    public required Machine Machine { get; init; }

    [Inject]
    public required RunService Runs { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [SupplyParameterFromQuery(Name = "preset")]
    public string? PresetName { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public Guid? From { get; set; }

    private DatasetRow? Dataset => _datasets.FirstOrDefault(d => d.Name == _draft?.Get("data.dataset")?.ToString());

    private IReadOnlyList<GroupRow> ExperimentsOfProject => _projects.FirstOrDefault(p => string.IsNullOrWhiteSpace(_project) ? p.Id == Project.DefaultId : p.Name == _project.Trim())?.Experiments ?? [];

    private bool AllowLeaks => _draft?.Get("data.allowLeaks")?.GetValueKind() == System.Text.Json.JsonValueKind.True;

    private IReadOnlyList<SpecProblem> Problems => _text is null ? [.. _draft!.Result.Problems, .. _refusals] : [.. _textProblems, .. _refusals];

    private IReadOnlyList<SpecChange> Changes => _draft?.LastValid is { } spec ? SpecDiff.Between(_start, spec) : [];

    public void Dispose()
    {
        _closed.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _datasets = await Datasets.ListAsync(_closed.Token);
        _projects = await Projects.ListAsync(_closed.Token);

        if (From is { } parentId && await Queries.GetAsync(parentId, _closed.Token) is { } parent)
        {
            _parentName = parent.Name;
            _preset = parent.Preset;
            _start = parent.Spec;
            _name = NextName(parent.Name);
            (_project, _experiment) = (parent.Project, parent.Experiment);
            _draft = new SpecDraft(_start);
            return;
        }

        Preset preset = Presets.Find(PresetName) ?? Presets.QuickStart;
        _draft = new SpecDraft(preset.Spec);
        Choose(preset);
    }

    private void Choose(Preset preset)
    {
        string? dataset = _draft!.Get("data.dataset")?.ToString();
        (_preset, _start, _parentName) = (preset.Name, preset.Spec, null);
        if (_datasets.Count > 0)
            _start = _start with { Data = _start.Data with { Dataset = _datasets.Any(d => d.Name == dataset) ? dataset! : _datasets[0].Name } };
        _draft.Replace(_start);
        _name = preset.Name;
        _refusals = [];
        if (_text is not null)
            ShowText();
    }

    private void ChooseDataset(ChangeEventArgs e)
    {
        _draft!.Set("data.dataset", System.Text.Json.Nodes.JsonValue.Create(e.Value?.ToString() ?? ""));
        // Consent is for one data set.
        _draft.Set("data.allowLeaks", System.Text.Json.Nodes.JsonValue.Create(false));
        _refusals = [];
    }

    private void AcceptLeaks(bool accepted)
    {
        _draft!.Set("data.allowLeaks", System.Text.Json.Nodes.JsonValue.Create(accepted));
        _refusals = [];
        if (_text is not null)
            ShowText();
    }

    private void Refresh()
    {
        _refusals = [];
        StateHasChanged();
    }

    private void ShowForm() => _text = null;

    private void ShowText()
    {
        _text = _draft?.LastValid is { } spec ? SpecText.ToYaml(spec) : "";
        _textProblems = [];
    }

    private void ReadText()
    {
        _textProblems = _draft!.ReplaceText(_text ?? "");
        _refusals = [];
    }

    private async Task LaunchAsync()
    {
        if (_draft?.Result.Spec is not { } spec || _launching)
            return;
        _launching = true;
        _noRoom = null;
        try
        {
            CreateRunResult result = await Runs.CreateAsync(
                new RunRequest(_name.Trim(), spec) { Preset = _preset, Priority = _priority, Project = _project, Experiment = _experiment }, _closed.Token);
            if (result.Id is { } id)
                Navigation.NavigateTo(LabUrls.Run(id));
            else
                _refusals = result.Problems;
        }
        catch (StorageFullException e)
        {
            _noRoom = e.Message;
        }
        finally
        {
            _launching = false;
        }
    }

    private static string NextName(string name)
    {
        int dash = name.LastIndexOf('-');
        return dash > 0 && int.TryParse(name.AsSpan(dash + 1), out int number) ? $"{name[..dash]}-{number + 1}" : $"{name}-2";
    }
}
