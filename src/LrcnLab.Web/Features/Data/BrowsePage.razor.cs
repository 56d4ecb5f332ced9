using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace LrcnLab.Web.Features.Data;

/// <summary>All clips of a version to look at. What is shown stands in the address; what is about to be changed does not.</summary>
public sealed partial class BrowsePage : IAsyncDisposable
{
    private const int PageSize = 60, ModelPageSize = 24, SheetFrames = 16, RelatedShown = 12, RunsShown = 30;
    private readonly CancellationTokenSource _closed = new();
    private ElementReference _root;
    private IJSObjectReference? _keys;
    private CardVersion? _version;
    private ClipFilter? _answered;
    private ClipFacets _facets = ClipFacets.None;
    private int[] _indices = [];
    private IReadOnlyList<SampleRow> _rows = [], _related = [];
    private IReadOnlyList<CardRun> _runs = [];
    private SampleRow? _detail;
    private int _position, _load, _focus = -1;
    private bool _missing, _attached;

    [Inject]
    public required CardQueries Cards { get; init; }

    [Inject]
    public required BrowseQueries Queries { get; init; }

    [Inject]
    public required RunQueries RunQueries { get; init; }

    [Inject]
    public required ClipRenderer Renderer { get; init; }

    [Inject]
    public required VersionService Versions { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IJSRuntime Script { get; init; }

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "version")]
    public int? VersionNumber { get; set; }

    [SupplyParameterFromQuery(Name = "class")]
    public string? Class { get; set; }

    [SupplyParameterFromQuery(Name = "split")]
    public string? Split { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public int? From { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public int? To { get; set; }

    [SupplyParameterFromQuery(Name = "flags")]
    public string? Flags { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    public int? Page { get; set; }

    [SupplyParameterFromQuery(Name = "sample")]
    public int? Sample { get; set; }

    /// <summary>Preset or run by whose settings clips are shown as the model sees them; null for the clips themselves.</summary>
    [SupplyParameterFromQuery(Name = "see")]
    public string? See { get; set; }

    private ClipFilter Filter => ClipFilter.Parse(Class, Split, From, To, Flags, Text, Sort);

    private int Size => See is null ? PageSize : ModelPageSize;

    private int Pages => Math.Max(1, (_indices.Length + Size - 1) / Size);

    private int Number => Math.Clamp(Page ?? 1, 1, Pages);

    private string CardAddress => $"{LabUrls.Dataset(Id)}{(_version!.IsNewest ? "" : $"?version={_version.Version}")}";

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _closed.Dispose();
        await _keys.DisposeQuietlyAsync();
    }

    protected override async Task OnParametersSetAsync()
    {
        int load = ++_load;
        if (_version?.DatasetId != Id || _version.Version != (VersionNumber ?? _version.Newest))
        {
            CardVersion? version = await Cards.VersionAsync(Id, VersionNumber, _closed.Token);
            if (load != _load)
                return;
            _missing = version is null;
            if (version is null)
                return;
            Discard();
            _selected.Clear();
            (_version, _answered) = (version, null);
            _runs = await Cards.RunsAsync(Id, RunsShown, _closed.Token);
        }

        CardVersion shown = _version;
        if (_answered != Filter)
        {
            ClipFilter filter = Filter;
            int[] indices = await Queries.IndicesAsync(shown.VersionId, filter, shown.Classes, _closed.Token);
            ClipFacets facets = await Queries.FacetsAsync(shown.VersionId, filter, shown.Classes, _closed.Token);
            if (load != _load)
                return;
            (_indices, _facets, _answered) = (indices, facets, filter);
            _selected.Clear();
        }

        IReadOnlyList<SampleRow> rows = await Queries.RowsAsync(shown.VersionId, [.. _indices.Skip((Number - 1) * Size).Take(Size)], _closed.Token);
        SampleRow? detail = Sample is { } sample ? rows.FirstOrDefault(r => r.Index == sample) ?? (await Queries.RowsAsync(shown.VersionId, [sample], _closed.Token)).SingleOrDefault() : null;
        IReadOnlyList<SampleRow> related = detail is null ? [] : detail.Index == _detail?.Index ? _related : await Queries.RelatedAsync(detail, RelatedShown, _closed.Token);
        if (load != _load)
            return;
        if ((detail is null) != (_detail is null))
            _focus = detail?.Index ?? _detail!.Index;
        (_rows, _detail, _related) = (rows, detail, related);
        _position = detail is null ? 0 : Array.IndexOf(_indices, detail.Index);
        if (See is null)
            Undraw();
        else if (_view is not null)
            await DrawAsync(_view);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_version is null)
            return;
        if (!_attached)
        {
            _attached = true;
            _keys = await Script.InvokeAsync<IJSObjectReference>("import", "/js/browse.js");
            await _keys.InvokeVoidAsync("attach", _root);
        }

        if (_focus < 0 || _keys is null)
            return;
        int focus = _focus;
        _focus = -1;
        if (_detail is not null)
            await _keys.InvokeVoidAsync("focusDetail", _root);
        else
            await _keys.InvokeVoidAsync("focusTile", _root, focus);
    }

    /// <summary>Another filter starts at its first page; everything that is not named is gone from the address, but for filter, version and settings.</summary>
    private void Go(ClipFilter? filter = null, int page = 1, int? sample = null, string? see = "") => Navigation.NavigateTo(Address(filter, page, sample, see));

    private string Address(ClipFilter? filter = null, int page = 1, int? sample = null, string? see = "") => (filter ?? Filter).Address(
        Id,
        new("version", _version!.IsNewest ? null : _version.Version.ToString(CultureInfo.InvariantCulture)),
        new("see", see is "" ? See : see),
        new("page", page > 1 ? page.ToString(CultureInfo.InvariantCulture) : null),
        new("sample", sample?.ToString(CultureInfo.InvariantCulture)));

    private void Step(int by)
    {
        int to = _position + by;
        if (to >= 0 && to < _indices.Length)
            Go(page: to / Size + 1, sample: _indices[to]);
    }

    /// <summary>A clip that this filter may not show.</summary>
    private void OpenAnywhere(int index)
    {
        int at = Array.IndexOf(_indices, index);
        if (at >= 0)
            Go(page: at / Size + 1, sample: index);
        else
            Go(filter: new ClipFilter(), page: index / Size + 1, sample: index);
    }

    private async Task<RunSpec?> SpecOfAsync(Guid run) => (await RunQueries.GetAsync(run, _closed.Token))?.Spec;

    private string? ClassOf(SampleRow sample) => sample.Label < 0 || sample.Label >= _version!.Classes.Count ? null : _version.Classes[sample.Label];
}
