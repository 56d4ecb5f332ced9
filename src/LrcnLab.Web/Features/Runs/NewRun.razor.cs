using LrcnLab.Core.Runs;
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
using LrcnLab.Web.Features.Runs.Templates;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Runs;

/// <summary>The form for a new run: preset or parent run, settings, what they cost, launch.</summary>
public sealed partial class NewRun : IDisposable
{
    private static readonly HashSet<string> HiddenFields = ["data.dataset", "model.weights"];

    private readonly PageLifetime _closed = new();
    private SpecDraft? _draft;
    private RunSpec _start = Presets.QuickStart.Spec;
    private string? _preset;
    private string? _parentName;
    private Guid? _draftId;
    private CheckpointRow? _fork;
    private string? _notice;
    private string _name = "";
    private string? _text;
    private IReadOnlyList<SpecProblem> _textProblems = [];
    private IReadOnlyList<SpecProblem> _refusals = [];
    private string? _noRoom;
    private IReadOnlyList<DatasetRow> _datasets = [];
    private bool _showAll;
    private bool _launching, _json;
    private int _launched, _templateRevision;
    private string? _template;
    private IReadOnlyList<RunRow> _recent = [];
    private int _priority;
    private bool _twoPhases;
    private int _firstEpochs = 20;
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
    public required GridLaunch Grids { get; init; }

    [Inject]
    public required TimeProvider Clock { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [SupplyParameterFromQuery(Name = "preset")]
    public string? PresetName { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public Guid? From { get; set; }

    /// <summary>A draft to go on with.</summary>
    [SupplyParameterFromQuery(Name = "draft")]
    public Guid? DraftId { get; set; }

    /// <summary>The checkpoint of <see cref="From"/> that the run begins with.</summary>
    [SupplyParameterFromQuery(Name = "fork")]
    public Guid? ForkId { get; set; }

    /// <summary><c>yaml</c> or <c>json</c> for the specification as text; null for the form.</summary>
    [SupplyParameterFromQuery(Name = "as")]
    public string? As { get; set; }

    private string Title => _draftId is not null ? "Draft" : _fork is not null ? "New fork" : "New run";

    private RunRequest Request(RunSpec spec) => new(_name.Trim(), spec)
    {
        Preset = _preset,
        Priority = _priority,
        Project = _project,
        Experiment = _experiment,
        Draft = _draftId,
        CopyOf = _parentName is null || _draftId is not null ? null : From,
        Fork = _fork?.Id,
        FirstPhaseEpochs = CanHavePhases && _twoPhases ? _firstEpochs : 0,
        Person = LocalPerson.Name,
    };

    private bool CanHavePhases => _fork is null && _draft is { Cells.Count: <= 1, LastValid: { } spec } && TwoPhases.Problem(spec) is null;

    private DatasetRow? Dataset => _datasets.FirstOrDefault(d => d.Name == _draft?.Get("data.dataset")?.ToString());

    private string? WeightsProblem => Problems.FirstOrDefault(p => p.Path == "model.weights")?.Message;

    /// <summary>Runs whose weights another can begin with.</summary>
    private IReadOnlyList<RunRow> Teachers => [.. _recent.Where(r => r.State is RunState.Completed or RunState.Stopped)];

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
        await BeginAsync();
        if (As is "yaml" or "json")
            ShowText(As == "json");
    }

    private async Task BeginAsync()
    {
        _datasets = await Datasets.ListAsync(_closed.Token);
        _projects = await Projects.ListAsync(_closed.Token);
        _recent = await Queries.ListAsync(null, 100, _closed.Token);

        if (DraftId is { } draftId && await LoadDraftAsync(draftId))
            return;
        if (From is { } parentId && await Queries.GetAsync(parentId, _closed.Token) is { } parent)
        {
            _parentName = parent.Name;
            _preset = parent.Preset;
            _start = parent.Spec;
            if (ForkId is { } forkId && (_fork = parent.Checkpoints.FirstOrDefault(c => c.Id == forkId)) is null)
                _notice = $"The checkpoint to fork is not there any more: a newer one has replaced it. This would be a run of its own with the settings of {parent.Name}.";
            _name = _fork is null ? NextName(parent.Name) : $"{parent.Name} fork";
            (_project, _experiment) = (parent.Project, parent.Experiment);
            _draft = new SpecDraft(_start);
            // It has to go beyond its parent, or it would end at once.
            if (_fork is not null && _fork.Epoch >= _start.Training.Epochs)
                _draft.Set("training.epochs", System.Text.Json.Nodes.JsonValue.Create(_fork.Epoch + Math.Max(1, _start.Training.Epochs / 2)));
            return;
        }

        Preset preset = Presets.Find(PresetName) ?? Presets.QuickStart;
        _draft = new SpecDraft(preset.Spec);
        Begin(preset.Spec, preset.Name, preset.Name, null);
    }

    /// <returns>False when it is none, which is said.</returns>
    private async Task<bool> LoadDraftAsync(Guid id)
    {
        if (await Queries.GetAsync(id, _closed.Token) is not { State: RunState.Draft } draft)
        {
            _notice = "There is no such draft any more: it was launched or thrown away. Here is a new run.";
            return false;
        }

        _draftId = id;
        (_preset, _name, _priority, _project, _experiment) = (draft.Preset, draft.Name, draft.Priority, draft.Project, draft.Experiment);
        RunDetail? parent = draft.Family.Parent is { } from ? await Queries.GetAsync(from.Id, _closed.Token) : null;
        _parentName = parent?.Name;
        From = parent?.Id;
        _start = parent?.Spec ?? Presets.Find(draft.Preset)?.Spec ?? draft.Spec;
        _draft = new SpecDraft(draft.Spec);
        return true;
    }

    private void Choose(Preset preset)
    {
        Begin(preset.Spec, preset.Name, preset.Name, null);
        if (preset.Name != PresetName && _draftId is null)
            Go(new() { ["preset"] = preset.Name, ["from"] = null, ["fork"] = null });
    }

    private void Choose(TemplateRow template) => Begin(template.Spec!, template.Preset, template.Name, template.Name);

    private void Begin(RunSpec spec, string? preset, string name, string? template)
    {
        string? dataset = _draft!.Get("data.dataset")?.ToString();
        (_preset, _start, _parentName, _fork, _template) = (preset, spec, null, null, template);
        if (_datasets.Count > 0)
            _start = _start with { Data = _start.Data with { Dataset = _datasets.Any(d => d.Name == dataset) ? dataset! : _datasets[0].Name } };
        _draft.Replace(_start);
        _name = name;
        _refusals = [];
        if (_text is not null)
            ShowText(_json);
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
            ShowText(_json);
    }

    private void Refresh()
    {
        _refusals = [];
        StateHasChanged();
    }

    private void Go(Dictionary<string, object?> parameters) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(parameters), replace: true);

    private void ShowForm()
    {
        _text = null;
        Go(new() { ["as"] = null });
    }

    private void ChooseText(bool json)
    {
        ShowText(json);
        Go(new() { ["as"] = _json ? "json" : "yaml" });
    }

    /// <summary>As it was typed, with whatever is wrong with it.</summary>
    private void ShowText(bool json)
    {
        // What was typed as text and is no specification stays where it is.
        if (_text is not null && _textProblems.Count > 0 && json != _json)
            return;
        (_json, _text, _textProblems) = (json, _draft!.ToText(json), _draft.Result.Problems);
    }

    private void CopyFrom(ChangeEventArgs e)
    {
        if (Guid.TryParse(e.Value?.ToString(), out Guid run))
            Navigation.NavigateTo(LabUrls.NewRun(from: run), forceLoad: true);
    }

    private void ReadText()
    {
        _textProblems = _draft!.ReplaceText(_text ?? "");
        _refusals = [];
    }

    private static string NextName(string name)
    {
        int dash = name.LastIndexOf('-');
        return dash > 0 && int.TryParse(name.AsSpan(dash + 1), out int number) ? $"{name[..dash]}-{number + 1}" : $"{name}-2";
    }
}
