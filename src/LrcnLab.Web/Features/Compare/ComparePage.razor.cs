using System.Globalization;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Queries;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Charts;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Features.Runs.Table;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Compare;

/// <summary>Two to a hundred runs side by side. Everything that is chosen stands in the address.</summary>
public sealed partial class ComparePage : IDisposable
{
    private const int MostOthers = 200, MostRuns = 100, FewRuns = 12, MostKeys = 40;
    private const string UsualAxis = "epoch";

    private static readonly (string Tab, string Word)[] Tabs = [("curves", "Curves"), ("explore", "Settings and results"), ("settings", "Differing settings"), ("classes", "Classes and mistakes")];
    private static readonly string[] UsualKeys = [MetricKeys.ValidationAccuracy, MetricKeys.ValidationLoss, MetricKeys.TrainLoss, MetricKeys.TrainAccuracy];
    private static readonly string[] UsualGroups = ["dataset", "preset", "experiment", "sweep", "tag", "state"];
    private static readonly string[] Bands = ["interval", "deviation", "range"];

    // While many of the runs train, they are read anew no more often.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly PageLifetime _closed = new();
    private readonly ChartViewState _state = new(UsualAxis);
    private Comparison _shown = Comparison.None;
    private IReadOnlyList<RunRow> _others = [];
    private IReadOnlyList<string> _groupFields = [];
    private IDisposable? _subscription;
    private string? _problem;
    private bool _loaded, _all, _due;
    private int _tooMany;
    private long _revision, _matrixRevision;

    [Inject]
    public required RunTableQueries Tables { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [SupplyParameterFromQuery(Name = "runs")]
    public string? RunIds { get; set; }

    [SupplyParameterFromQuery(Name = "tab")]
    public string? Tab { get; set; }

    /// <summary>A field whose equal values have one colour.</summary>
    [SupplyParameterFromQuery(Name = "group")]
    public string? Group { get; set; }

    /// <summary>A field whose values are told apart by dashes.</summary>
    [SupplyParameterFromQuery(Name = "style")]
    public string? Style { get; set; }

    [SupplyParameterFromQuery(Name = "x")]
    public string? Axis { get; set; }

    [SupplyParameterFromQuery(Name = "smooth")]
    public string? Smoothing { get; set; }

    [SupplyParameterFromQuery(Name = "draw")]
    public string? Drawing { get; set; }

    [SupplyParameterFromQuery(Name = "band")]
    public string? AskedBand { get; set; }

    /// <summary>Metrics beside the usual ones, by semicolons.</summary>
    [SupplyParameterFromQuery(Name = "keys")]
    public string? MoreKeys { get; set; }

    /// <summary>Epoch whose values stand beside best and last.</summary>
    [SupplyParameterFromQuery(Name = "epoch")]
    public double? AtEpoch { get; set; }

    [SupplyParameterFromQuery(Name = "axes")]
    public string? Axes { get; set; }

    [SupplyParameterFromQuery(Name = "brush")]
    public string? Brush { get; set; }

    [SupplyParameterFromQuery(Name = "sx")]
    public string? ScatterX { get; set; }

    [SupplyParameterFromQuery(Name = "sy")]
    public string? ScatterY { get; set; }

    [SupplyParameterFromQuery(Name = "target")]
    public string? Target { get; set; }

    [SupplyParameterFromQuery(Name = "a")]
    public string? SideA { get; set; }

    [SupplyParameterFromQuery(Name = "b")]
    public string? SideB { get; set; }

    [SupplyParameterFromQuery(Name = "split")]
    public string? Split { get; set; }

    private string Current => Tabs.Any(t => t.Tab == Tab) ? Tab! : Tabs[0].Tab;

    private string? Band => Bands.Contains(AskedBand) ? AskedBand : null;

    private IReadOnlyList<string> Keys => [.. UsualKeys.Concat(MoreKeys?.Split(';') ?? []).Where(MetricKeys.IsValid).Distinct().Take(MostKeys)];

    public void Dispose()
    {
        _subscription?.Dispose();
        _closed.Dispose();
    }

    protected override void OnInitialized() => _subscription = Feed.SubscribeAll(change => InvokeAsync(() => OnChangeAsync(change)));

    protected override async Task OnParametersSetAsync()
    {
        _state.Arrive(ChartView.Of(Axis is "step" or "time" ? Axis : null, Smoothing, Drawing, UsualAxis));
        await LoadAsync();
        (RunTableData? newest, _) = _closed.HasEnded ? default : await Tables.ReadAsync(new RunTableRequest(null, null, []), _closed.Token);
        _others = [.. (newest?.Rows ?? []).Select(r => r.Run).Take(MostOthers).Where(r => _shown.Runs.All(chosen => chosen.Run.Id != r.Id))];
    }

    private async Task OnChangeAsync(RunChange change)
    {
        if (_closed.HasEnded || change.Parts == RunParts.System || _shown.Runs.All(r => r.Run.Id != change.RunId))
            return;
        if (change.Parts.HasFlag(RunParts.ConfusionMatrix))
            _matrixRevision++;
        if (_due)
            return;
        _due = true;
        await Task.Delay(Interval);
        _due = false;
        await LoadAsync();
        _revision++;
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        if (_closed.HasEnded)
            return;
        Guid[] ids = [.. (RunIds ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(word => Guid.TryParse(word, out Guid id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct()];
        _tooMany = Math.Max(0, ids.Length - MostRuns);
        ids = [.. ids.Take(MostRuns)];
        (RunField? style, string? refusal) = string.IsNullOrEmpty(Style) ? (null, null) : RunField.Parse(Style);
        // Settings of all of them are read with any setting.
        string[] columns = ["optimizer.learningRate", .. AtEpoch is { } epoch ? CompareCurves.ResultKeys.Select(k => CompareWords.At(k, epoch)) : [], .. style is null ? (string[])[] : [Style!]];
        if (ids.Length > 0)
        {
            (RunTableData? table, RunTableProblem? problem) = await Tables.ReadAsync(new RunTableRequest(CompareWords.Query(ids), null, columns, Group), _closed.Token);
            _problem = problem?.Message ?? refusal;
            if (table is not null)
                _shown = Comparison.Of(table with { Rows = [.. table.Rows.OrderBy(r => Array.IndexOf(ids, r.Run.Id))] }, style);
        }
        else
        {
            _shown = Comparison.None;
        }

        _groupFields = GroupFields();
        _loaded = true;
    }

    /// <summary>What it is useful to tell runs apart by: words, and the settings in which they differ.</summary>
    private IReadOnlyList<string> GroupFields() =>
    [
        .. UsualGroups.Concat(_shown.Runs.SelectMany(r => r.Entry.Settings?.Keys ?? []).Distinct().Where(path => _shown.Runs.Select(r => r.Entry.Settings?.GetValueOrDefault(path)).Distinct().Count() is > 1 and <= 20))
            .Concat(((string?[])[Group, Style]).OfType<string>()).Where(f => f is { Length: > 0 } and not "bundle").Distinct(),
    ];

    private string Without(Guid run) => Navigation.GetUriWithQueryParameter("runs", string.Join(',', _shown.Runs.Select(r => r.Run.Id).Where(id => id != run)));

    private void Add(ChangeEventArgs e)
    {
        if (Guid.TryParse(e.Value?.ToString(), out Guid id))
            Go("runs", string.Join(',', _shown.Runs.Select(r => r.Run.Id).Append(id)));
    }

    private void AddKey(string? key)
    {
        if (!string.IsNullOrEmpty(key))
            Go("keys", string.Join(';', Keys.Except(UsualKeys).Append(key)));
    }

    private void AskEpoch(string? text) => Go("epoch", double.TryParse(text, CultureInfo.InvariantCulture, out double epoch) && epoch >= 0 ? epoch.ToString(CultureInfo.InvariantCulture) : null);

    private void Go(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);
}
