using LrcnLab.Core.Datasets;
using LrcnLab.Storage.Entities;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Data;

/// <summary>One data set: what is in it, and its clips to look at. Filter and page are in the address.</summary>
public sealed partial class DatasetPage : IDisposable
{
    private const int PageSize = 48;
    private readonly CancellationTokenSource _closed = new();
    private DatasetRow? _dataset;
    private IReadOnlyList<ClassCount> _counts = [];
    private IReadOnlyList<SampleRow> _samples = [];
    private IReadOnlyList<SampleProblem> _problems = [];
    private int _total;
    private bool _missing;

    [Inject]
    public required DatasetQueries Queries { get; init; }

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "class")]
    public int? Label { get; set; }

    [SupplyParameterFromQuery(Name = "split")]
    public string? Split { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    public int? Page { get; set; }

    private int Number => Math.Max(1, Page ?? 1);

    private Split? SplitChosen => Enum.TryParse(Split, ignoreCase: true, out Split split) ? split : null;

    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_dataset?.Id != Id)
        {
            DatasetRow? dataset = await Queries.GetAsync(Id, _closed.Token);
            _missing = dataset is null;
            if (dataset is null)
                return;
            _counts = await Queries.CountsAsync(dataset.VersionId, _closed.Token);
            _problems = dataset.Problems > 0 ? await Queries.ProblemsAsync(dataset.VersionId, _closed.Token) : [];
            _dataset = dataset;
        }

        (_samples, _total) = await Queries.SamplesAsync(_dataset.VersionId, Label, SplitChosen, (Number - 1) * PageSize, PageSize, _closed.Token);
    }

    private int Count(int label, Split? split) => _counts.Where(c => c.Label == label && (split is null || c.Split == split)).Sum(c => c.Count);

    private string Address(int? label, string? split, int page = 1)
    {
        var query = new List<string>();
        if (label is { } l)
            query.Add($"class={l}");
        if (split is { Length: > 0 })
            query.Add($"split={split}");
        if (page > 1)
            query.Add($"page={page}");
        return $"/data/{Id}{(query.Count > 0 ? "?" + string.Join('&', query) : "")}";
    }
}
