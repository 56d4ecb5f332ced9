using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Charts;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LrcnLab.Web.Features.Runs;

/// <summary>The page of one run. It subscribes to the run's feed and reads again only what changed.</summary>
public sealed partial class RunPage : IDisposable
{
    private static readonly (string Tab, string Word)[] Tabs = [("charts", "Charts"), ("results", "Results"), ("checkpoints", "Checkpoints"), ("log", "Log"), ("system", "System"), ("timeline", "Timeline"), ("notes", "Notes"), ("settings", "Settings")];

    private readonly PageLifetime _closed = new();
    private RunDetail? _run;
    private RunRemarks? _remarks;
    private IDisposable? _subscription;
    private Guid _loadedId;
    private bool _missing;
    private bool _busy;
    private bool _continuing;
    private string? _refusal;
    private long _metricRevision;
    private long _matrixRevision;
    private long _logRevision;
    private long _systemRevision;

    [Inject]
    public required RunQueries Queries { get; init; }

    [Inject]
    public required RunService Runs { get; init; }

    [Inject]
    public required RunLabels Labels { get; init; }

    [Inject]
    public required RunBin Bin { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    [Inject]
    public required RunLog Log { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IDialogService Dialogs { get; init; }

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "tab")]
    public string? Tab { get; set; }

    // Of the log. Read here, because a part that comes with a new address must not read the address itself: Blazor tells those who do while it tells them.
    [SupplyParameterFromQuery(Name = "q")]
    public string? LogPattern { get; set; }

    [SupplyParameterFromQuery(Name = "level")]
    public string? LogLevel { get; set; }

    [SupplyParameterFromQuery(Name = "context")]
    public int LogContext { get; set; }

    // Of the charts.
    [SupplyParameterFromQuery(Name = "x")]
    public string? Axis { get; set; }

    [SupplyParameterFromQuery(Name = "smooth")]
    public string? Smoothing { get; set; }

    [SupplyParameterFromQuery(Name = "draw")]
    public string? Drawing { get; set; }

    private ChartView View => ChartView.Of(Axis, Smoothing, Drawing, "step");

    private string Current => Tabs.Any(t => t.Tab == Tab) ? Tab! : "charts";

    public void Dispose()
    {
        _subscription?.Dispose();
        _closed.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_loadedId == Id)
            return;
        (_loadedId, _continuing, _refusal) = (Id, false, null);
        _subscription?.Dispose();
        _remarks = new RunRemarks(Log, Id);
        // Subscribe before the first read: a change in between is then read twice rather than missed.
        _subscription = Feed.Subscribe(Id, change => InvokeAsync(() => OnChangeAsync(change)));
        await _remarks.ReadOnAsync(_closed.Token);
        await LoadAsync();
    }

    private async Task OnChangeAsync(RunChange change)
    {
        if (_closed.HasEnded)
            return;
        if (change.Parts.HasFlag(RunParts.Metrics))
            _metricRevision++;
        if (change.Parts.HasFlag(RunParts.ConfusionMatrix))
            _matrixRevision++;
        if (change.Parts.HasFlag(RunParts.System))
            _systemRevision++;
        if (change.Parts.HasFlag(RunParts.Log))
        {
            _logRevision++;
            await _remarks!.ReadOnAsync(_closed.Token);
        }

        if ((change.Parts & ~RunParts.Log) != 0)
            await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        _run = await Queries.GetAsync(Id, _closed.Token);
        _missing = _run is null;
    }

    private async Task KillAsync()
    {
        if (_run!.State.IsActive())
        {
            bool? sure = await Dialogs.ShowMessageBoxAsync("Kill this run?", "It ends at once. What it learned since its last checkpoint is lost; Stop keeps everything.", yesText: "Kill", cancelText: "Keep running");
            if (sure != true)
                return;
        }

        await ActAsync(Runs.CancelAsync);
    }

    private async Task<string?> SaveNotesAsync(string notes)
    {
        string? problem = await Labels.ChangeAsync([Id], new RunLabelChange { Notes = notes }, _closed.Token);
        await LoadAsync();
        return problem;
    }

    private Task DeleteAsync() => BinAsync(() => Bin.PutAsync([Id], LocalPerson.Name, _closed.Token));

    private Task RestoreAsync() => BinAsync(() => Bin.RestoreAsync([Id], _closed.Token));

    private async Task RemoveAsync()
    {
        bool? sure = await Dialogs.ShowMessageBoxAsync("Delete this run for good?", $"\"{_run!.Name}\", its metrics, log and checkpoints are gone then, and nothing brings them back. Files that other runs use stay.", yesText: "Delete", cancelText: "Keep");
        if (sure != true)
            return;
        await BinAsync(() => Bin.RemoveAsync(Id, _closed.Token));
        if (_refusal is null)
            Navigation.NavigateTo("/runs/bin");
    }

    private async Task BinAsync(Func<Task<string?>> action)
    {
        _busy = true;
        _refusal = await action();
        _continuing = false;
        await LoadAsync();
        _busy = false;
    }

    private async Task ContinueAsync(int epochs)
    {
        await ActAsync((id, _, person, cancel) => Runs.ContinueAsync(id, epochs, person, cancel));
        _continuing = _refusal is not null;
    }

    private Task CloneAsync() => MakeAsync(() => Runs.CloneAsync(Id, _closed.Token), id => LabUrls.EditDraft(id));

    private Task ReproduceAsync() => MakeAsync(() => Runs.ReproduceAsync(Id, LocalPerson.Name, _closed.Token), id => LabUrls.Run(id));

    /// <summary>Makes a run of this one, and shows it.</summary>
    private async Task MakeAsync(Func<Task<CreateRunResult>> make, Func<Guid, string> address)
    {
        _busy = true;
        try
        {
            CreateRunResult made = await make();
            if (made.Id is { } id)
                Navigation.NavigateTo(address(id));
            else
                _refusal = string.Join(" ", made.Problems.Select(p => p.Message));
        }
        catch (StorageFullException e)
        {
            _refusal = e.Message;
        }

        _busy = false;
    }

    private async Task ActAsync(Func<Guid, string, string?, CancellationToken, Task<string?>> action)
    {
        _busy = true;
        try
        {
            _refusal = await action(Id, "Asked for on the run's page.", LocalPerson.Name, _closed.Token);
        }
        catch (StorageFullException e)
        {
            _refusal = e.Message;
        }

        await LoadAsync();
        _busy = false;
    }
}
