using LrcnLab.Core.Datasets;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Data;

/// <summary>Collects edits of a version, shows what they would make, and makes it. At <c>/leaks</c> the same with the leaks first.</summary>
public sealed partial class VersionsEdit : IDisposable
{
    private static readonly string[] Sides = ["left", "right"];

    private readonly PageLifetime _closed = new();
    private readonly List<DatasetEdit> _edits = [];
    private readonly HashSet<string> _chosen = [];
    private (Guid, int?) _loaded;
    private string _name = "";
    private VersionListing? _version;
    private int _newest;
    private DatasetManifest? _manifest;
    private Draft? _draft;
    private Dictionary<(int Label, Split Split), int> _counts = [];
    private string? _problem;
    private string? _refusal;
    private EditResult? _made;
    private int _madeFrom;
    private bool _busy;
    private bool _saving;
    private int _turn;
    private string _className = "";
    private double _validation = 20;
    private double _test;
    private int _seed = 1;
    private string _splitPreview = "";

    [Inject]
    public required VersionQueries Queries { get; init; }

    [Inject]
    public required VersionFolders Folders { get; init; }

    [Inject]
    public required VersionService Service { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Parameter]
    public Guid Id { get; set; }

    /// <summary>Number of the version to edit; the newest when absent.</summary>
    [SupplyParameterFromQuery(Name = "version")]
    public int? Version { get; set; }

    private bool OnlyLeaks => new Uri(Navigation.Uri).AbsolutePath.EndsWith("/leaks", StringComparison.Ordinal);

    private string Heading => OnlyLeaks ? $"Leaks of {_name}" : $"Edit {_name}";

    /// <summary>Classes named after a side that may be mirrored.</summary>
    private IReadOnlyList<string> Suggested => [.. _draft!.Manifest.Classes.Where((name, label) => !_draft.Manifest.Unmirrored.Contains(label) && Sides.Any(side => name.Contains(side, StringComparison.OrdinalIgnoreCase)))];

    public void Dispose()
    {
        _closed.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == (Id, Version))
            return;
        _loaded = (Id, Version);
        await LoadAsync(Version);
    }

    private async Task LoadAsync(int? number)
    {
        _name = await Queries.NameAsync(Id, _closed.Token) ?? "";
        IReadOnlyList<VersionListing> versions = await Queries.ListAsync(Id, _closed.Token);
        _version = number is null && versions is [var first, ..] ? first : versions.FirstOrDefault(v => v.Number == number);
        _newest = versions.Count == 0 ? 0 : versions[0].Number;
        _problem = _version is null ? versions.Count == 0 ? "There is no data set with this id" : $"There is no version {number}: the newest is {_newest}" : null;
        if (_version is null)
            return;
        _manifest = await Folders.ReadAsync(_version.Id, _closed.Token);
        if (_manifest is null)
        {
            _problem = $"The manifest of version {_version.Number} is missing from the data folder";
            return;
        }

        _edits.Clear();
        _chosen.Clear();
        _refusal = null;
        await ShowAsync(new EditOutcome(_manifest, [.. Enumerable.Range(0, _manifest.Samples.Count)], null));
    }

    private async Task AddAsync(IReadOnlyList<DatasetEdit> edits)
    {
        if (_saving)
            return;
        _made = null;
        EditOutcome outcome = DatasetEditor.Apply(_manifest!, [.. _edits, .. edits]);
        _refusal = outcome.Refusal;
        if (outcome.Manifest is null)
            return;
        _edits.AddRange(edits);
        await ShowAsync(outcome);
    }

    private Task AddAsync(DatasetEdit edit) => AddAsync([edit]);

    private async Task UndoAsync(int index)
    {
        DatasetEdit[] left = [.. _edits.Where((_, i) => i != index)];
        EditOutcome outcome = left.Length == 0 ? new EditOutcome(_manifest, [.. Enumerable.Range(0, _manifest!.Samples.Count)], null) : DatasetEditor.Apply(_manifest!, left);
        _refusal = outcome.Refusal is { } refusal ? $"Edit {index + 1} cannot be undone by itself. Without it: {refusal}" : null;
        if (outcome.Manifest is null)
            return;
        _edits.RemoveAt(index);
        await ShowAsync(outcome);
    }

    private async Task ShowAsync(EditOutcome outcome)
    {
        DatasetManifest manifest = outcome.Manifest!;
        int turn = ++_turn;
        _busy = true;
        StateHasChanged();
        // Comparing looks takes a while in large sets, and the page must stay alive.
        LeakReport leaks = await Task.Run(() => LeakGuard.Check(manifest), _closed.Token);
        // Another edit may have come meanwhile; its result counts.
        if (turn != _turn)
            return;
        _draft = new Draft(manifest, outcome.Origins, leaks);
        _counts = manifest.Samples.CountBy(s => (s.Label, s.Split)).ToDictionary();
        _chosen.RemoveWhere(name => !manifest.Classes.Contains(name));
        _busy = false;
        ShowSplits();
    }

    private void ShowSplits()
    {
        EditOutcome outcome = DatasetEditor.Apply(_draft!.Manifest, [new Resplit(_validation / 100, _test / 100, _seed)]);
        _splitPreview = outcome.Manifest is { } drawn ? $"Drawn anew: {Counts(drawn)}." : outcome.Refusal ?? "";
    }

    private Task ResplitAsync() => AddAsync(new Resplit(_validation / 100, _test / 100, _seed));

    private void Choose(string name, bool on)
    {
        _ = on ? _chosen.Add(name) : _chosen.Remove(name);
        _className = _chosen.Count == 0 ? "" : _draft!.Manifest.Classes.First(_chosen.Contains);
    }

    private async Task NameAsync()
    {
        if (_chosen.Count == 0)
            return;
        string[] chosen = [.. _draft!.Manifest.Classes.Where(_chosen.Contains)];
        await AddAsync(chosen.Length == 1 ? new RenameClass(chosen[0], _className.Trim()) : new MergeClasses(chosen, _className.Trim()));
        if (_refusal is null)
        {
            _chosen.Clear();
            _className = "";
        }
    }

    private Task MirrorAsync(string name, bool never)
    {
        IEnumerable<string> now = _draft!.Manifest.Unmirrored.Select(label => _draft.Manifest.Classes[label]);
        return UnmirrorAsync(never ? now.Append(name) : now.Where(c => c != name));
    }

    private Task SuggestAsync() => UnmirrorAsync(_draft!.Manifest.Unmirrored.Select(label => _draft.Manifest.Classes[label]).Concat(Suggested));

    /// <summary>One edit for the whole list, however many boxes were ticked.</summary>
    private async Task UnmirrorAsync(IEnumerable<string> classes)
    {
        string[] names = [.. classes];
        if (_edits is [.., KeepUnmirrored last])
        {
            _edits.RemoveAt(_edits.Count - 1);
            await AddAsync(new KeepUnmirrored(names));
            // Back to what the version has: then there is nothing to do at all.
            if (_refusal is not null && _edits.Count == 0)
            {
                _refusal = null;
                await ShowAsync(new EditOutcome(_manifest, [.. Enumerable.Range(0, _manifest!.Samples.Count)], null));
            }
            else if (_refusal is not null)
            {
                _edits.Add(last);
            }

            return;
        }

        await AddAsync(new KeepUnmirrored(names));
    }

    private async Task SaveAsync()
    {
        if (_busy || _saving || _edits.Count == 0)
            return;
        _saving = true;
        try
        {
            // Nobody takes back what is asked for here by leaving the page.
            EditResult result = await Service.EditAsync(_version!.Id, [.. _edits], CancellationToken.None);
            _refusal = result.Refusal;
            if (result.VersionId is null)
                return;
            (_made, _madeFrom) = (result, _version.Number);
            await LoadAsync(result.Number);
        }
        catch (StorageFullException e)
        {
            _refusal = e.Message;
        }
        finally
        {
            _saving = false;
        }
    }

    private static string Counts(DatasetManifest manifest) =>
        $"{Format.Count(manifest.Samples.Count(s => s.Split == Split.Train))} train, {Format.Count(manifest.Samples.Count(s => s.Split == Split.Validation))} validation, {Format.Count(manifest.Samples.Count(s => s.Split == Split.Test))} test";

    private static string Difference(int now, int before) => now == before ? "as before" : now > before ? $"{Format.Count(now - before)} more" : $"{Format.Count(before - now)} fewer";

    /// <summary>What the pending edits make.</summary>
    private sealed record Draft(DatasetManifest Manifest, IReadOnlyList<int> Origins, LeakReport Leaks);
}
