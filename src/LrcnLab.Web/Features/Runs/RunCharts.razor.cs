using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Web.Components.Charts;
using LrcnLab.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Runs;

/// <summary>Every curve of a run: those on top, own ones, then the known ones by section.</summary>
public sealed partial class RunCharts
{
    private const string UsualAxis = "step";

    private static readonly (string Value, string Word)[] Axes =
        [(UsualAxis, "steps"), ("epoch", "epochs"), ("samples", "samples seen"), ("time", "time since the start"), ("training", "time in training"), ("clock", "time of day")];

    private static readonly (string Format, string Word, string What)[] Formats =
    [
        ("csv", "CSV", "Every point of every metric, one a line"), ("parquet", "Parquet", "The same, compressed, for pandas, Polars or DuckDB"),
        ("json", "JSON lines", "Columns of up to about a thousand points a line"), ("tensorboard", "TensorBoard", "An event file, to be put into a log folder"),
    ];

    private readonly HashSet<string> _drawn = [];
    private IReadOnlyList<double[]> _pauses = [];
    private readonly ChartViewState _state = new(UsualAxis);
    private ChartChoice? _choice;
    private OwnChart? _removed;
    private string _title = "";
    private string? _problem;

    [Inject]
    public required ChartChoices Choices { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Parameter, EditorRequired]
    public required RunDetail Run { get; set; }

    [Parameter, EditorRequired]
    public required ChartView View { get; set; }

    [Parameter]
    public long Revision { get; set; }

    private IReadOnlyList<string> Keys => [.. Run.Metrics.Keys.Where(k => !k.StartsWith("test/", StringComparison.Ordinal) && !SystemMetrics.Has(k)).Order(StringComparer.Ordinal)];

    private IReadOnlyList<MetricChart> Charts => _choice is null ? [] : MetricCharts.Of([.. Run.Metrics.Keys], _choice);

    protected override async Task OnInitializedAsync() => _choice = await Choices.ReadAsync(CancellationToken.None);

    protected override void OnParametersSet()
    {
        _state.Arrive(View);
        _pauses = [.. TrainingTime.Pauses(Run.History.Reverse().Select(h => (h.Time, h.To))).Select(p => new[] { Milliseconds(p.From), Milliseconds(p.To) })];
    }

    private void Draw(string key, bool on)
    {
        if (on)
            _drawn.Add(key);
        else
            _drawn.Remove(key);
    }

    private async Task PinAsync(string title, bool on) => _choice = await Choices.PinAsync(title, on, CancellationToken.None);

    private async Task AddAsync()
    {
        (ChartChoice? choice, _problem) = await Choices.AddAsync(new OwnChart(_title.Trim(), [.. _drawn.Order(StringComparer.Ordinal)]), CancellationToken.None);
        if (choice is null)
            return;
        (_choice, _title, _removed) = (choice, "", null);
        _drawn.Clear();
    }

    private async Task RemoveAsync(string title)
    {
        _removed = _choice!.Own.First(c => c.Title == title);
        _choice = await Choices.RemoveAsync(title, CancellationToken.None);
    }

    private async Task UndoAsync()
    {
        (ChartChoice? choice, _problem) = await Choices.AddAsync(_removed!, CancellationToken.None);
        (_choice, _removed) = (choice ?? _choice, null);
    }

    private IReadOnlyList<ChartSeries> Lines(MetricChart chart) =>
    [
        .. Run.Family.Ancestors.Reverse().SelectMany(a => chart.Keys.Select((key, i) => new ChartSeries($"{key} of {a.Name}", LabUrls.SeriesUntil(a.Id, key, a.UntilStep), MetricCharts.Color(chart, i) + "80", Dash: true) { SamplesPerEpoch = Run.TrainSamples })),
        .. chart.Keys.Select((key, i) => new ChartSeries(key, LabUrls.Series(Run.Id, key), MetricCharts.Color(chart, i)) { Pauses = _pauses, SamplesPerEpoch = Run.TrainSamples }),
    ];

    private static double Milliseconds(DateTime time) => (time - DateTime.UnixEpoch).TotalMilliseconds;

    private static string SectionId(string section) => "charts-" + section.Replace(' ', '-').ToLowerInvariant();
}
