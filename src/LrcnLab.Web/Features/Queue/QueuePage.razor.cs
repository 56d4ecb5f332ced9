using System.Globalization;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Queue;

/// <summary>Slots and the runs that wait for them, to be put in order.</summary>
public sealed partial class QueuePage
{
    private const int MostShown = 1000;

    private readonly PageLifetime _closed = new();
    private IReadOnlyList<RunRow>? _running;
    private IReadOnlyList<RunRow> _waiting = [];
    private IReadOnlyList<HoldAnswer> _holds = [];
    private IReadOnlyDictionary<int, Guid> _occupied = new Dictionary<int, Guid>();
    private IReadOnlyDictionary<Guid, ExpectedTimes> _expected = new Dictionary<Guid, ExpectedTimes>();
    private IDisposable? _subscription;
    private string? _refusal;
    private bool _busy;
    private Guid? _dragged, _over;

    [Inject]
    public required RunQueries Queries { get; init; }

    [Inject]
    public required QueueQueries Slots { get; init; }

    [Inject]
    public required QueueService Queue { get; init; }

    [Inject]
    public required RunService Runs { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    [Inject]
    public required LabOptions Options { get; init; }

    private bool IsHeld => Hold(null, null) is not null;

    public void Dispose()
    {
        _subscription?.Dispose();
        _closed.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _subscription = Feed.SubscribeAll(_ => InvokeAsync(LoadAsync));
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        if (_closed.HasEnded)
            return;
        var running = await Queries.ListAsync([RunState.Starting, RunState.Running, RunState.Pausing, RunState.Stopping], MostShown, _closed.Token);
        (_waiting, _holds, _occupied) = (await Queries.WaitingAsync(MostShown, _closed.Token), await Slots.HoldsAsync(_closed.Token), await Slots.OccupiedAsync(_closed.Token));
        _expected = await Slots.ForecastAsync(_closed.Token);
        _running = running;
        StateHasChanged();
    }

    private HoldAnswer? Hold(string? node, int? slot) => _holds.FirstOrDefault(h => h.Node == node && h.Slot == slot);

    /// <summary>What the run at this place of the queue waits for.</summary>
    private string Why(int place)
    {
        if (IsHeld)
            return "the queue to be released";
        int[] open = [.. Enumerable.Range(0, Options.Slots).Where(slot => Hold(Environment.MachineName, slot) is null)];
        if (open.Length == 0)
            return "a slot that is not drained";
        if (place >= open.Length)
            return $"{place - open.Length + 1} before it, then a slot";
        var leaving = _running!.FirstOrDefault(r => r.State is RunState.Pausing or RunState.Stopping);
        return leaving is not null && place == 0 ? $"\"{leaving.Name}\" to leave its slot" : "a slot";
    }

    private string Expected(Guid run) => !_expected.TryGetValue(run, out ExpectedTimes times) ? "unknown"
        : $"{(times.Start < 1 ? "starts now" : $"starts in {Format.Duration(TimeSpan.FromSeconds(times.Start))}")}{(times.End is { } end ? $", ends in {Format.Duration(TimeSpan.FromSeconds(end))}" : "")}";

    private Task HoldAsync(string? node, int? slot, bool hold) => ActAsync(() => hold ? Queue.HoldAsync(node, slot, _closed.Token) : Queue.ReleaseAsync(node, slot, _closed.Token));

    private Task CancelAsync(Guid run) => ActAsync(() => Runs.CancelAsync(run, "Canceled in the queue.", _closed.Token));

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
