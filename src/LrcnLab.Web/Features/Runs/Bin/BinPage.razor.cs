using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LrcnLab.Web.Features.Runs.Bin;

/// <summary>Deleted runs, to be restored or removed for good.</summary>
public sealed partial class BinPage
{
    private const int MostShown = 500;

    private readonly PageLifetime _closed = new();
    private IReadOnlyList<RunRow>? _runs;
    private BinContents _contents = new(0, 0);
    private IDisposable? _subscription;
    private string? _refusal;
    private bool _busy;
    private (int Done, int Total)? _emptying;

    [Inject]
    public required RunQueries Queries { get; init; }

    [Inject]
    public required RunBin Bin { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    [Inject]
    public required LabOptions Options { get; init; }

    [Inject]
    public required IDialogService Dialogs { get; init; }

    public void Dispose()
    {
        _subscription?.Dispose();
        _closed.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _subscription = Feed.SubscribeAll(change => change.Parts.HasFlag(RunParts.State) && _emptying is null ? InvokeAsync(LoadAsync) : Task.CompletedTask);
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        if (_closed.HasEnded)
            return;
        (_runs, _contents) = (await Queries.BinAsync(MostShown, _closed.Token), await Bin.ContentsAsync(_closed.Token));
        StateHasChanged();
    }

    private async Task RemoveAsync(RunRow run)
    {
        bool? sure = await Dialogs.ShowMessageBoxAsync("Delete this run for good?", $"\"{run.Name}\", its metrics, log and checkpoints are gone then, and nothing brings them back. Files that other runs use stay.", yesText: "Delete", cancelText: "Keep");
        if (sure == true)
            await ActAsync(() => Bin.RemoveAsync(run.Id, _closed.Token));
    }

    private async Task EmptyAsync()
    {
        bool? sure = await Dialogs.ShowMessageBoxAsync("Empty the bin?", $"{Format.Count(_contents.Runs)} {(_contents.Runs == 1 ? "run is" : "runs are")} gone for good then, and {Format.Bytes(_contents.Bytes)} are free.", yesText: "Empty the bin", cancelText: "Keep");
        if (sure != true)
            return;
        (_busy, _emptying) = (true, (0, _contents.Runs));
        try
        {
            // In the background, so that a page that is left does not end it half way.
            await Task.Run(() => Bin.EmptyAsync(null, done => _ = InvokeAsync(() => Show(done)), CancellationToken.None));
        }
        finally
        {
            (_busy, _emptying) = (false, null);
        }

        await LoadAsync();
    }

    private void Show(int done)
    {
        if (_emptying is not var (_, total))
            return;
        _emptying = (done, total);
        StateHasChanged();
    }

    private async Task ActAsync(Func<Task<string?>> action)
    {
        _busy = true;
        _refusal = await action();
        _busy = false;
        await LoadAsync();
    }
}
