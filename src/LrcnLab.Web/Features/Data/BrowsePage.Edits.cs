using LrcnLab.Core.Datasets;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Components.Shared;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace LrcnLab.Web.Features.Data;

/// <summary>Selecting clips, changing them, and the clips as a model sees them.</summary>
public sealed partial class BrowsePage
{
    private readonly HashSet<int> _selected = [];
    private readonly Stack<PendingEdits> _undo = [];
    private PendingEdits _edits = PendingEdits.None;
    private string? _editProblem;
    private bool _saving;
    private int _anchor = -1;

    private ClipView? _view;
    private string? _viewKey;
    private RenderedClips? _pictures;
    private string? _drawProblem;
    private bool _drawing;
    private CancellationTokenSource? _draw;

    private Split? NewSplit(int index) => _edits.Splits.TryGetValue(index, out Split split) ? split : null;

    private void Pick((int Index, bool Range) picked)
    {
        int from = Array.IndexOf(_indices, _anchor), to = Array.IndexOf(_indices, picked.Index);
        if (picked.Range && from >= 0 && to >= 0)
            _selected.UnionWith(_indices.Skip(Math.Min(from, to)).Take(Math.Abs(from - to) + 1));
        else if (!_selected.Remove(picked.Index))
            _selected.Add(picked.Index);
        _anchor = picked.Index;
    }

    private void SelectPage() => _selected.UnionWith(_rows.Select(r => r.Index));

    private async Task RelabelSelectedAsync(string to) => Relabel(await SelectedAsync(), to);

    private async Task MoveSelectedAsync(string split)
    {
        if (Enum.TryParse(split, out Split to))
            Move(await SelectedAsync(), to);
    }

    private void DropSelected() => Drop(_selected);

    /// <summary>A range may reach over pages that were never shown.</summary>
    private Task<IReadOnlyList<SampleRow>> SelectedAsync() => Queries.RowsAsync(_version!.VersionId, [.. _selected], _closed.Token);

    private void Relabel(IReadOnlyList<SampleRow> samples, string to) => Change(_edits.Relabel(samples.Select(s => (s.Index, ClassOf(s))), to));

    private void Move(IReadOnlyList<SampleRow> samples, Split to) => Change(_edits.Move(samples.Select(s => (s.Index, s.Split)), to));

    private void Drop(IReadOnlyCollection<int> samples) => Change(_edits.Drop(samples));

    private void Change(PendingEdits edits)
    {
        _undo.Push(_edits);
        _edits = edits;
        _editProblem = null;
        _selected.Clear();
    }

    private void Undo()
    {
        _edits = _undo.Pop();
        _editProblem = null;
    }

    private void Discard()
    {
        _edits = PendingEdits.None;
        _editProblem = null;
        _undo.Clear();
    }

    private async Task SaveAsync()
    {
        _saving = true;
        try
        {
            EditResult result = await Versions.EditAsync(_version!.VersionId, _edits.ToEdits(), _closed.Token);
            _editProblem = result.Refusal;
            if (result.VersionId is null)
                return;
            Discard();
            // Indices may have moved, and the address may name an older version, or be the same as before.
            _version = null;
            Navigation.NavigateTo(Filter.Address(Id));
            await OnParametersSetAsync();
        }
        catch (StorageFullException e)
        {
            _editProblem = e.Message;
        }
        finally
        {
            _saving = false;
        }
    }

    private async Task AskBeforeLeavingAsync(LocationChangingContext context)
    {
        bool stays = Navigation.ToAbsoluteUri(context.TargetLocation).AbsolutePath == $"/data/{Id}/browse";
        if (!stays && !_edits.IsEmpty && !await Script.InvokeAsync<bool>("confirm", $"{_edits.Summary}, not saved. Leave this page without them?"))
            context.PreventNavigation();
    }

    /// <summary>Shows what is there already, then what the worker draws; a newer wish ends an older one.</summary>
    private async Task DrawAsync(ClipView view)
    {
        (_view, _viewKey) = (view, Choice?.Key);
        if (_draw is not null)
            await _draw.CancelAsync();
        using var draw = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        _draw = draw;
        (_drawing, _drawProblem) = (true, null);
        StateHasChanged();
        try
        {
            IEnumerable<int> samples = _rows.Select(r => r.Index);
            if (_detail is { } detail)
                samples = samples.Append(detail.Index).Distinct();
            int[] wanted = [.. samples];
            if (wanted.Length == 0)
                return;
            RenderedClips pictures = await Renderer.RenderAsync(_version!.VersionId, view, wanted, draw.Token);
            if (_draw == draw)
                (_pictures, _drawProblem) = (pictures.Refusal is null ? pictures : null, pictures.Refusal);
        }
        catch (OperationCanceledException)
        {
            // Something else is to be shown, or the page was left.
        }
        finally
        {
            if (_draw == draw)
                (_draw, _drawing) = (null, false);
        }
    }

    private void Undraw() => (_view, _pictures, _drawProblem) = (null, null, null);

    private bool IsDrawn(SampleRow sample, out int frames)
    {
        frames = 0;
        return Choice is not null && _pictures is not null && _pictures.Frames.TryGetValue(sample.Index, out frames);
    }

    private string SourceOf(SampleRow sample) => IsDrawn(sample, out int frames)
        ? LabUrls.Clip(_version!.VersionId, _pictures!.Key, sample.Index, frames)
        : LabUrls.Preview(sample.PreviewVersionId ?? sample.VersionId, sample.PreviewIndex);

    private int FramesOf(SampleRow sample) => IsDrawn(sample, out int frames) ? frames : Math.Min(SheetFrames, sample.Frames);

    private string? ModelNote(SampleRow sample) => Choice is null || _view is null
        ? null
        : !IsDrawn(sample, out int frames)
            ? "The clip itself; it is not drawn yet."
            : $"{frames} frames of {_view.Spec.Data.Width} x {_view.Spec.Data.Height}, {(_view.Epoch is { } epoch ? $"epoch {epoch}, seed {_view.Spec.Training.Seed}" : "as evaluation reads it")}.";
}
