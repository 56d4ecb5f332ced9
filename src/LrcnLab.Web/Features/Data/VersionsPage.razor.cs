using LrcnLab.Core.Datasets;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Data;

/// <summary>The versions of a data set, what made them, which runs used them, and what two of them have differently.</summary>
public sealed partial class VersionsPage : IDisposable
{
    private const int RunsShown = 12;

    private readonly PageLifetime _closed = new();
    private IReadOnlyList<VersionListing>? _versions;
    private string _name = "";
    private Guid _loaded;
    private ManifestDiff? _diff;
    private bool _loading;
    private int _behind;
    private int _from;
    private int _to;

    [Inject]
    public required VersionQueries Queries { get; init; }

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public int? From { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public int? To { get; set; }

    public void Dispose()
    {
        _closed.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded != Id || _versions is null)
        {
            _loaded = Id;
            _name = await Queries.NameAsync(Id, _closed.Token) ?? "";
            IReadOnlyList<VersionListing> versions = await Queries.ListAsync(Id, _closed.Token);
            _behind = versions.Skip(1).Sum(v => v.Runs.Count);
            (_from, _to) = versions.Count == 0 ? (0, 0) : (versions[0].Parent ?? versions[^1].Number, versions[0].Number);
            _versions = versions;
        }

        (_diff, _loading) = (null, true);
        if (_versions.FirstOrDefault(v => v.Number == From) is { } from && _versions.FirstOrDefault(v => v.Number == To) is { } to)
        {
            (_from, _to) = (from.Number, to.Number);
            _diff = await Queries.DiffAsync(from.Id, to.Id, _closed.Token);
        }

        _loading = false;
    }

    private string Compare(int from, int to) => $"{LabUrls.Versions(Id)}?from={from}&to={to}";
}
