using System.Globalization;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Charts;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Compare;

/// <summary>Two and more runs side by side. Which runs, and which axis, stands in the address.</summary>
public sealed partial class ComparePage : IDisposable
{
    private const int MostRuns = 20;
    private static readonly string[] ResultKeys = [MetricKeys.ValidationAccuracy, MetricKeys.ValidationLoss, MetricKeys.TestAccuracy];
    private static readonly string[] ChartKeys = [MetricKeys.ValidationAccuracy, MetricKeys.ValidationLoss, MetricKeys.TrainLoss, MetricKeys.TrainAccuracy];

    private readonly PageLifetime _closed = new();
    private readonly List<(string Path, string[] Values, bool Equal)> _settings = [];
    private readonly Dictionary<(Guid Run, string Key), double> _atEpoch = [];
    private IReadOnlyList<RunRow> _runs = [];
    private IReadOnlyList<RunRow> _others = [];
    private IReadOnlyList<string> _colors = [];
    private IDisposable? _subscription;
    private double _smoothing;
    private bool _showEqual;
    private long _revision;

    [Inject]
    public required RunQueries Queries { get; init; }

    [Inject]
    public required MetricStore Metrics { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [SupplyParameterFromQuery(Name = "runs")]
    public string? RunIds { get; set; }

    [SupplyParameterFromQuery(Name = "x")]
    public string? Axis { get; set; }

    /// <summary>Epoch whose values stand beside best and last.</summary>
    [SupplyParameterFromQuery(Name = "epoch")]
    public double? AtEpoch { get; set; }

    /// <summary>Of the table of results, as fields.</summary>
    private IReadOnlyList<string> ResultColumns =>
        ["name", "state", .. ResultKeys.SelectMany(k => (string[])[$"best({k})", $"last({k})", .. AtEpoch is { } epoch ? (string[])[string.Create(CultureInfo.InvariantCulture, $"at({k}, {epoch})")] : []]), "duration"];

    private string XAxis => Axis is "step" or "time" ? Axis : "epoch";

    private IReadOnlyList<(string Path, string[] Values)> SettingRows => [.. _settings.Where(s => _showEqual || !s.Equal).Select(s => (s.Path, s.Values))];

    public void Dispose()
    {
        _subscription?.Dispose();
        _closed.Dispose();
    }

    protected override void OnInitialized() => _subscription = Feed.SubscribeAll(change => InvokeAsync(async () =>
    {
        if (_closed.HasEnded || _runs.All(r => r.Id != change.RunId))
            return;
        await LoadAsync();
        _revision++;
        StateHasChanged();
    }));

    protected override async Task OnParametersSetAsync()
    {
        await LoadAsync();
        _others = [.. (await Queries.ListAsync(null, 200, _closed.Token)).Where(r => _runs.All(chosen => chosen.Id != r.Id))];
        await LoadSettingsAsync();
    }

    private async Task LoadAsync()
    {
        Guid[] ids = [.. (RunIds ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(word => Guid.TryParse(word, out Guid id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Take(MostRuns)];
        _runs = await Queries.FindAsync(ids, _closed.Token);
        _colors = RunColor.Distinct([.. _runs.Select(r => r.Id)]);
        _atEpoch.Clear();
        foreach (string key in AtEpoch is >= 0 ? ResultKeys : [])
        {
            foreach (var (run, value) in await Metrics.AtEpochAsync([.. _runs.Select(r => r.Id)], key, AtEpoch!.Value, _closed.Token))
                _atEpoch[(run, key)] = value;
        }
    }

    private string ExportUrl(string format, IReadOnlyList<string> columns) => LabUrls.ExportRuns(format, $"id in ({string.Join(", ", _runs.Select(r => r.Id))})", null, columns);

    private void AskEpoch(string? text) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("epoch", double.TryParse(text, CultureInfo.InvariantCulture, out double epoch) && epoch >= 0 ? epoch : (double?)null), replace: true);

    private async Task LoadSettingsAsync()
    {
        _settings.Clear();
        var specs = new List<Dictionary<string, string>>();
        foreach (RunRow run in _runs)
        {
            RunDetail? detail = await Queries.GetAsync(run.Id, _closed.Token);
            specs.Add(detail is null ? [] : new Dictionary<string, string>(SpecDiff.Flatten(detail.Spec)) { ["data version"] = $"{detail.DatasetName} {detail.DatasetVersion}" });
        }

        foreach (string path in specs.SelectMany(s => s.Keys).Distinct())
        {
            string[] values = [.. specs.Select(s => s.GetValueOrDefault(path, "-"))];
            _settings.Add((path, values, values.Distinct().Count() == 1));
        }
    }

    private void Add(ChangeEventArgs e)
    {
        if (Guid.TryParse(e.Value?.ToString(), out Guid id))
            Navigation.NavigateTo(LabUrls.Compare(_runs.Select(r => r.Id).Append(id)));
    }

    private double BestOf(string key)
    {
        var values = _runs.Select(r => r.Metrics.GetValueOrDefault(key)?.Best).OfType<double>().Where(double.IsFinite).DefaultIfEmpty(double.NaN);
        return MetricKeys.LowerIsBetter(key) ? values.Min() : values.Max();
    }

    private IReadOnlyList<ChartSeries> Lines(string key) => [.. _runs.Select((run, i) => new ChartSeries(run.Name, LabUrls.Series(run.Id, key), _colors[i]))];
}
