using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Components;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Runs;

/// <summary>All runs with their key numbers, live.</summary>
public sealed partial class RunsPage : IDisposable
{
    private const int MostRuns = 2000;
    private readonly PageLifetime _closed = new();
    private readonly HashSet<Guid> _chosen = [];
    private IReadOnlyList<RunRow>? _runs;
    private IDisposable? _subscription;
    private string _filter = "";
    private IReadOnlyList<Guid> _deleted = [];
    private int _binned;
    private string? _refusal;
    private bool _busy;

    [Inject]
    public required RunQueries Queries { get; init; }

    [Inject]
    public required RunBin Bin { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    private IReadOnlyList<RunRow> Shown => _filter.Trim() is { Length: > 0 } word
        ? [.. _runs!.Where(r => $"{r.Name} {r.Dataset} {r.State.Word()} {r.Preset}".Contains(word, StringComparison.OrdinalIgnoreCase))]
        : _runs!;

    public void Dispose()
    {
        _subscription?.Dispose();
        _closed.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _subscription = Feed.SubscribeAll(change => change.Parts == RunParts.System ? Task.CompletedTask : InvokeAsync(LoadAsync));
        await LoadAsync();
    }

    private async Task DeleteAsync()
    {
        Guid[] chosen = [.. _chosen];
        await ActAsync(() => Bin.PutAsync(chosen, LocalPerson.Name, _closed.Token));
        if (_refusal is not null)
            return;
        _deleted = chosen;
        _chosen.Clear();
    }

    private async Task UndoAsync()
    {
        await ActAsync(() => Bin.RestoreAsync(_deleted, _closed.Token));
        _deleted = [];
    }

    private async Task ActAsync(Func<Task<string?>> action)
    {
        _busy = true;
        _refusal = await action();
        _busy = false;
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        if (_closed.HasEnded)
            return;
        _runs = await Queries.ListAsync(null, MostRuns, _closed.Token);
        _binned = await Queries.CountBinAsync(_closed.Token);
        StateHasChanged();
    }
}
