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
    internal const int SheetFrames = 16;
    private const int PageSize = 60, ModelPageSize = 24, RelatedShown = 12, RunsShown = 30;
    private readonly PageLifetime _closed = new();
    private ElementReference _root;
    private IJSObjectReference? _keys;
    private CardVersion? _version;
    private ClipFilter? _answered;
    private ClipFacets _facets = ClipFacets.None;
    private int[] _indices = [];
    private IReadOnlyList<SampleRow> _rows = [], _related = [];
    private IReadOnlyList<AlikeClip>? _alike;
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
    public string? Basis { get; set; }

    [SupplyParameterFromQuery(Name = "draw")]
    public string? Draw { get; set; }

    [SupplyParameterFromQuery(Name = "epoch")]
    public int? Epoch { get; set; }

    [SupplyParameterFromQuery(Name = "seed")]
    public int? Seed { get; set; }

    [SupplyParameterFromQuery(Name = "values")]
    public string? Values { get; set; }

    [SupplyParameterFromQuery(Name = "set")]
    public string[]? Settings { get; set; }

    private ViewChoice? Choice => ViewChoice.Parse(Basis, Draw, Epoch, Seed, Values, Settings);

    private ClipFilter Filter => ClipFilter.Parse(Class, Split, From, To, Flags, Text, Sort);

    private int Size => Choice is null ? PageSize : ModelPageSize;

    private int Pages => Math.Max(1, (_indices.Length + Size - 1) / Size);

    private int Number => Math.Clamp(Page ?? 1, 1, Pages);

    private string CardAddress => $"{LabUrls.Dataset(Id)}{(_version!.IsNewest ? "" : $"?version={_version.Version}")}";

    public async ValueTask DisposeAsync()
    {
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
        bool another = detail is not null && (detail.Index != _detail?.Index || detail.VersionId != _detail.VersionId);
        (_rows, _detail, _related) = (rows, detail, related);
        _position = detail is null ? 0 : Array.IndexOf(_indices, detail.Index);
        Task alike = another ? LookForAlikeAsync(detail!) : Task.CompletedTask;
        if (Choice is null)
            Undraw();
        else if (_view is not null && _viewKey == Choice.Key)
            await DrawAsync(_view);
        await alike;
    }

    /// <summary>The clip is shown meanwhile.</summary>
    private async Task LookForAlikeAsync(SampleRow detail)
    {
        _alike = null;
        IReadOnlyList<AlikeClip> alike = await Queries.AlikeAsync(detail, RelatedShown, _closed.Token);
        if (_detail?.VersionId == detail.VersionId && _detail.Index == detail.Index)
            _alike = alike;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // What was rendered may be older than what is known meanwhile: the browser answers late.
        if (_root.Id is null)
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
    private void Go(ClipFilter? filter = null, int page = 1, int? sample = null) => Navigation.NavigateTo(Address(filter, page, sample));

    /// <summary>The same clips, drawn another way. Going back does not go through all draws.</summary>
    private void See(ViewChoice? choice)
    {
        bool first = choice is null || Choice is null;
        Navigation.NavigateTo(AddressOf(choice, Filter, first ? 1 : Number, Sample), replace: !first);
    }

    private string Address(ClipFilter? filter = null, int page = 1, int? sample = null) => AddressOf(Choice, filter ?? Filter, page, sample);

    private string AddressOf(ViewChoice? choice, ClipFilter filter, int page, int? sample) => filter.Address(
        Id,
        [
            new("version", _version!.IsNewest ? null : _version.Version.ToString(CultureInfo.InvariantCulture)),
            .. choice?.Query() ?? [],
            new("page", page > 1 ? page.ToString(CultureInfo.InvariantCulture) : null),
            new("sample", sample?.ToString(CultureInfo.InvariantCulture)),
        ]);

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
