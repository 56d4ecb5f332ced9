using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Integrity;
using LrcnLab.Web.Components;
using LrcnLab.Web.Features.Data;
using LrcnLab.Web.Features.Runs;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Home;

/// <summary>What runs, what ended, what needs somebody; on an empty installation, what to do first.</summary>
public sealed partial class HomePage : IDisposable
{
    private readonly PageLifetime _closed = new();
    private IReadOnlyList<RunRow>? _runs;
    private IReadOnlyList<DatasetRow> _datasets = [];
    private Import? _import;
    private IDisposable? _subscription;
    private long _revision;
    private int _damaged;

    [Inject]
    public required StartupCheck Check { get; init; }

    [Inject]
    public required IntegrityService Integrity { get; init; }

    [Inject]
    public required ArtifactVerifier Verifier { get; init; }

    [Inject]
    public required RunQueries Runs { get; init; }

    [Inject]
    public required DatasetQueries Datasets { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    private IReadOnlyList<RunRow> Active => [.. _runs!.Where(r => r.State.IsActive())];

    private IReadOnlyList<RunRow> Waiting => [.. _runs!.Where(r => r.State is RunState.Queued)];

    private IReadOnlyList<RunRow> Attention => [.. _runs!.Where(r => r.State is RunState.Interrupted or RunState.Paused || (r.State is RunState.Failed && _runs!.Take(10).Contains(r))).Take(5)];

    private IReadOnlyList<RunRow> Ended => [.. _runs!.Where(r => r.State.IsEnd()).Take(8)];

    public void Dispose()
    {
        _subscription?.Dispose();
        _closed.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _subscription = Feed.SubscribeAll(change => change.Parts == RunParts.System ? Task.CompletedTask : InvokeAsync(LoadAsync));
        await LoadAsync();
        _damaged = (await Verifier.DamagedAsync(_closed.Token)).Count;
        _ = FollowImportAsync();
    }

    private async Task LoadAsync()
    {
        if (_closed.HasEnded)
            return;
        _runs = await Runs.ListAsync(null, 50, _closed.Token);
        _datasets = await Datasets.ListAsync(_closed.Token);
        _import = await Datasets.NewestImportAsync(_closed.Token);
        _revision++;
        StateHasChanged();
    }

    // Only while the page waits for its first data set; afterwards the feed of runs is enough.
    private async Task FollowImportAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (_datasets.Count == 0 && await timer.WaitForNextTickAsync(_closed.Token))
                await InvokeAsync(LoadAsync);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }
}
