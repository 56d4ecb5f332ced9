using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Components;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Data;

/// <summary>The data card: what is in a version of a data set, where it comes from, what was wrong, who used it.</summary>
public sealed partial class DatasetPage : IDisposable
{
    private const int Examples = 10, RunsShown = 20;
    private readonly PageLifetime _closed = new();
    private CardVersion? _version;
    private DataCard? _card;
    private IReadOnlyList<SampleRow> _examples = [];
    private IReadOnlyList<SampleProblem> _problems = [];
    private IReadOnlyList<CardRun> _runs = [];
    private IReadOnlyList<PreparedSize> _prepared = [];
    private IReadOnlyList<(SampleFlags Flag, string Title, int Count)> _flagged = [];
    private bool _missing, _computing;

    [Inject]
    public required CardQueries Cards { get; init; }

    [Inject]
    public required BrowseQueries Samples { get; init; }

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "version")]
    public int? VersionNumber { get; set; }

    private string BrowseAddress => new ClipFilter().Address(Id, VersionPart);

    private KeyValuePair<string, string?> VersionPart => new("version", _version!.IsNewest ? null : _version.Version.ToString(CultureInfo.InvariantCulture));

    public void Dispose()
    {
        _closed.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_version?.DatasetId == Id && _version.Version == (VersionNumber ?? _version.Newest))
            return;
        CardVersion? version = await Cards.VersionAsync(Id, VersionNumber, _closed.Token);
        _missing = version is null;
        if (version is null)
            return;
        ClipFacets facets = await Samples.FacetsAsync(version.VersionId, new ClipFilter(), version.Classes, _closed.Token);
        _flagged = [.. FlagWords.All.Select(f => (f.Flag, f.Title, Count: facets.Flags.GetValueOrDefault(f.Flag))).Where(f => f.Count > 0)];
        _examples = await Samples.RowsAsync(version.VersionId, [.. Spread(version.Samples)], _closed.Token);
        _runs = await Cards.RunsAsync(Id, RunsShown, _closed.Token);
        _prepared = Cards.Prepared(version.Hash);
        (_card, _computing, _problems) = (null, true, []);
        _version = version;
        StateHasChanged();

        _card = await Cards.CardAsync(version.VersionId, _closed.Token);
        _problems = version.Problems > 0 ? await Cards.ProblemsAsync(version.VersionId, _closed.Token) : [];
        _computing = false;
    }

    private static IEnumerable<int> Spread(int samples) => Enumerable.Range(0, Math.Min(Examples, samples)).Select(i => (int)((i + 0.5) * samples / Math.Min(Examples, samples)));

    private string Name(SampleRow sample) => sample.Label >= 0 && sample.Label < _version!.Classes.Count ? _version.Classes[sample.Label] : sample.Captions.Count > 0 ? sample.Captions[0] : sample.Path;
}
