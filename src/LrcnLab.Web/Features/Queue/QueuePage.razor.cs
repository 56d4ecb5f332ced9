using System.Globalization;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Queue;

/// <summary>Slots and the runs that wait for them, to be put in order.</summary>
public sealed partial class QueuePage
{
    private const int MostShown = 1000;

    private readonly PageLifetime _closed = new();
    private QueueView? _view;
    private IReadOnlyList<RunRow> _waiting = [];
    private IDisposable? _subscription;
    private string? _refusal;
    private bool _busy;
    private Guid? _dragged, _over;

    [Inject]
    public required QueueQueries Queries { get; init; }

    [Inject]
    public required QueueService Queue { get; init; }

    [Inject]
    public required RunService Runs { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    private bool IsHeld => Hold(null, null) is not null;

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

    private async Task LoadAsync()
    {
        if (_closed.HasEnded)
            return;
        QueueView view = await Queries.ReadAsync(MostShown, _closed.Token);
        (_view, _waiting) = (view, [.. view.Waiting.Select(w => w.Run)]);
        StateHasChanged();
    }

    private HoldAnswer? Hold(string? node, int? slot) => _view!.Holds.FirstOrDefault(h => h.Node == node && h.Slot == slot);

    private RunRow? On(SlotView slot) => slot.Run is { } id ? _view!.Running.FirstOrDefault(r => r.Id == id) : null;

    private static string Expected(WaitingRun waiting) => waiting.Expected is not { } times ? "unknown"
        : $"{(times.Start < 1 ? "starts now" : $"starts in {Format.Duration(TimeSpan.FromSeconds(times.Start))}")}{(times.End is { } end ? $", ends in {Format.Duration(TimeSpan.FromSeconds(end))}" : "")}";

    private Task HoldAsync(string? node, int? slot, bool hold) => ActAsync(() => hold ? Queue.HoldAsync(node, slot, _closed.Token) : Queue.ReleaseAsync(node, slot, _closed.Token));

    private Task CancelAsync(Guid run) => ActAsync(() => Runs.CancelAsync(run, "Canceled in the queue.", LocalPerson.Name, _closed.Token));

    private Task SetPriorityAsync(RunRow run, string? text) => ActAsync(() => int.TryParse(text, CultureInfo.InvariantCulture, out int priority)
        ? Queue.SetPriorityAsync(run.Id, priority, _closed.Token)
        : Task.FromResult<string?>($"The priority of \"{run.Name}\" is \"{text}\": allowed are whole numbers from {QueuePlace.Lowest} to {QueuePlace.Highest}."));

    /// <param name="run">The run to move.</param>
    /// <param name="place">Of the run that it comes before, as the queue stands now.</param>
    private Task MoveAsync(Guid run, int place) => ActAsync(() => Queue.MoveBeforeAsync(run, place < _waiting.Count ? _waiting[place].Id : null, _closed.Token));

    private async Task DropAsync(int place)
    {
        Guid? dragged = _dragged;
        (_dragged, _over) = (null, null);
        if (dragged is not { } run)
            return;
        int from = _waiting.ToList().FindIndex(r => r.Id == run);
        // Dropped on a row behind it, it comes after that row, where the pointer is.
        if (from >= 0 && from != place)
            await MoveAsync(run, from < place ? place + 1 : place);
    }

    private async Task ActAsync(Func<Task<string?>> action)
    {
        _busy = true;
        try
        {
            _refusal = await action();
        }
        catch (StorageFullException e)
        {
            _refusal = e.Message;
        }
        finally
        {
            _busy = false;
        }

        await LoadAsync();
    }
}
