using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs.Form;

namespace LrcnLab.Web.Features.Runs;

/// <summary>What is done with a finished specification: kept as a draft, launched, or launched as a grid.</summary>
public sealed partial class NewRun
{
    private async Task SaveDraftAsync()
    {
        if (_draft?.Result.Spec is not { } spec || _launching)
            return;
        _launching = true;
        try
        {
            CreateRunResult saved = await Runs.SaveDraftAsync(Request(spec), _closed.Token);
            _refusals = saved.Problems;
            if (saved.Id is { } id)
            {
                _draftId = id;
                _notice = $"Kept as a draft at {Clock.GetUtcNow():HH:mm:ss} UTC. It waits among the runs until somebody launches it.";
                Navigation.NavigateTo(LabUrls.EditDraft(id), replace: true);
            }
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

    private async Task LaunchAsync()
    {
        if (_draft?.Result.Spec is not { } spec || _launching)
            return;
        _launching = true;
        _noRoom = null;
        try
        {
            if (_draft.Cells.Count > 1)
            {
                await LaunchGridAsync(_draft.Cells);
                return;
            }

            CreateRunResult result = await Runs.CreateAsync(Request(spec), _closed.Token);
            if (result.Id is { } id)
                Navigation.NavigateTo(LabUrls.Run(result.FirstPhase ?? id));
            else
                _refusals = result.Problems;
        }
        catch (StorageFullException e)
        {
            _noRoom = e.Message;
        }
        finally
        {
            (_launching, _launched) = (false, 0);
        }
    }

    private async Task LaunchGridAsync(IReadOnlyList<GridCell> cells)
    {
        string sweep = Grids.Sweep(_name);
        _refusals = await Grids.LaunchAsync(cells, Request(_start) with { Sweep = sweep }, launched =>
        {
            _launched = launched;
            // Whatever ends it early, it is known what was launched.
            _notice = $"{launched} of {cells.Count} runs are launched, in the sweep \"{sweep}\".";
            StateHasChanged();
        }, _closed.Token);
        if (_refusals.Count == 0)
            Navigation.NavigateTo(LabUrls.RunsWith("sweep", sweep));
    }
}
