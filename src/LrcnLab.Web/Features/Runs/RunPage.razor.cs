using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Components;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LrcnLab.Web.Features.Runs;

/// <summary>The page of one run. It subscribes to the run's feed and reads again only what changed.</summary>
public sealed partial class RunPage : IDisposable
{
    private static readonly (string Tab, string Word)[] Tabs = [("charts", "Charts"), ("results", "Results"), ("checkpoints", "Checkpoints"), ("log", "Log"), ("settings", "Settings")];

    private readonly PageLifetime _closed = new();
    private RunDetail? _run;
    private RunRemarks? _remarks;
    private IDisposable? _subscription;
    private Guid _loadedId;
    private bool _missing;
    private bool _busy;
    private string? _refusal;
    private long _metricRevision;
    private long _matrixRevision;
    private long _logRevision;

    [Inject]
    public required RunQueries Queries { get; init; }

    [Inject]
    public required RunService Runs { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    [Inject]
    public required RunLog Log { get; init; }

    [Inject]
    public required IDialogService Dialogs { get; init; }

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "tab")]
    public string? Tab { get; set; }

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
        _loadedId = Id;
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

    private async Task ActAsync(Func<Guid, string, CancellationToken, Task<string?>> action)
    {
        _busy = true;
        try
        {
            _refusal = await action(Id, "asked for on the run's page", _closed.Token);
        }
        catch (StorageFullException e)
        {
            _refusal = e.Message;
        }

        await LoadAsync();
        _busy = false;
    }
}
