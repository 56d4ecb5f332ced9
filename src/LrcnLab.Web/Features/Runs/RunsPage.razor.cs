using LrcnLab.Core.Queries;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs.Table;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Runs;

/// <summary>All runs as a live table. Query, order and columns stand in the address.</summary>
public sealed partial class RunsPage : IDisposable
{
    private const string Placeholder = "state = completed and best(validation/loss) < 1  ( / )";

    private static readonly Dictionary<string, (string Word, string What)> SaveAs = new()
    {
        ["csv"] = ("CSV", "This table as it is filtered and sorted"),
        ["json"] = ("JSON", "The same, an object a run"),
        ["parquet"] = ("Parquet", "The same, for pandas, Polars or DuckDB"),
    };

    private static readonly string[] UsualGroups = ["state", "dataset", "preset", "project", "experiment", "sweep", "tag"];

    // While many runs train, the table is read anew no more often.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Typing = TimeSpan.FromMilliseconds(250);

    private readonly PageLifetime _closed = new();
    private readonly HashSet<Guid> _chosen = [];
    private RunTableData? _table;
    private RunTableProblem? _problem;
    private IDisposable? _subscription;
    private IReadOnlyList<string> _fields = [];
    private IReadOnlyList<Guid> _deleted = [], _archived = [];
    private IReadOnlyList<string> _tags = [];
    private string _text = "", _typed = "";
    private string _newColumn = "";
    private string? _columnProblem;
    private string? _refusal;
    private int _binned;
    private int _asked;
    private bool _busy;
    private bool _due;

    [Inject]
    public required RunTableQueries Tables { get; init; }

    [Inject]
    public required RunQueries Queries { get; init; }

    [Inject]
    public required RunLabels Labels { get; init; }

    [Inject]
    public required RunBin Bin { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    public string? Sort { get; set; }

    /// <summary>Fields, by semicolons.</summary>
    [SupplyParameterFromQuery(Name = "columns")]
    public string? Columns { get; set; }

    /// <summary>A field whose equal values bring runs together.</summary>
    [SupplyParameterFromQuery(Name = "group")]
    public string? Group { get; set; }

    private IReadOnlyList<RunRow> ChosenRows => [.. (_table?.Rows ?? []).Select(r => r.Run).Where(r => _chosen.Contains(r.Id))];

    /// <summary>What it is useful to group by: what is a word, and settings that are columns.</summary>
    private IReadOnlyList<string> GroupFields =>
        [.. UsualGroups.Concat(Shown.Where(c => c.Contains('.') && !c.Contains('('))).Append(Group).OfType<string>().Where(g => g is { Length: > 0 } and not "bundle").Distinct()];

    private IReadOnlyList<string> Shown => Columns?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } chosen ? chosen : RunColumns.Default;

    public void Dispose()
    {
        _subscription?.Dispose();
        _closed.Dispose();
    }

    protected override void OnInitialized()
    {
        _subscription = Feed.SubscribeAll(change => change.Parts == RunParts.System ? Task.CompletedTask : InvokeAsync(LoadSoonAsync));
        _text = _typed = Query ?? "";
    }

    protected override async Task OnParametersSetAsync()
    {
        // Another address than the one that was typed: a view, a link, a way back.
        if ((Query ?? "") != _typed)
            _text = _typed = Query ?? "";
        await LoadAsync();
        if (_fields.Count == 0 && RendererInfo.IsInteractive && !_closed.HasEnded)
            _fields = await Tables.FieldsAsync(_closed.Token);
    }

    private async Task LoadSoonAsync()
    {
        if (_due)
            return;
        _due = true;
        await Task.Delay(Interval);
        _due = false;
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        if (_closed.HasEnded)
            return;
        (RunTableData? table, _problem) = await Tables.ReadAsync(new RunTableRequest(Query, Sort, Shown, Group), _closed.Token);
        // What was found before stays while a query is not finished.
        _table = table ?? _table;
        _tags = [.. (table?.Rows ?? []).SelectMany(r => r.Run.Tags).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        _binned = await Queries.CountBinAsync(_closed.Token);
    }

    /// <summary>Once the typing rests.</summary>
    private async Task AskAsync(string? text)
    {
        _text = text ?? "";
        int asked = ++_asked;
        await Task.Delay(Typing);
        if (asked != _asked || _closed.HasEnded)
            return;
        _typed = _text;
        Go("q", _text);
    }

    private void SortBy(string sort) => Go("sort", sort);

    private void AddColumnAsync()
    {
        (RunField? field, _columnProblem) = RunField.Parse(_newColumn);
        if (field is null)
            return;
        _newColumn = "";
        Show([.. Shown.Except([field.ToString()]), field.ToString()]);
    }

    private void RemoveColumn(string column) => Show([.. Shown.Except([column])]);

    private void MoveColumn(string column)
    {
        List<string> columns = [.. Shown];
        int at = columns.IndexOf(column);
        (columns[at], columns[at - 1]) = (columns[at - 1], columns[at]);
        Show(columns);
    }

    private void Show(IEnumerable<string>? columns) => Go("columns", columns is null ? null : string.Join(';', columns));

    private void Go(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);

    private string ExportUrl(string format) => LabUrls.ExportRuns(format, Query, Sort, Shown);

    private async Task DeleteAsync()
    {
        Guid[] chosen = [.. _chosen];
        await ActAsync(() => Bin.PutAsync(chosen, LocalPerson.Name, _closed.Token));
        if (_refusal is not null)
            return;
        _deleted = chosen;
        _chosen.Clear();
    }

    private async Task ArchiveAsync()
    {
        Guid[] chosen = [.. _chosen];
        await ActAsync(() => Labels.ChangeAsync(chosen, new RunLabelChange { Archived = true }, _closed.Token));
        if (_refusal is not null)
            return;
        _archived = chosen;
        _chosen.Clear();
    }

    private async Task UnarchiveAsync()
    {
        await ActAsync(() => Labels.ChangeAsync(_archived, new RunLabelChange { Archived = false }, _closed.Token));
        _archived = [];
    }

    private async Task UndoAsync()
    {
        await ActAsync(() => Bin.RestoreAsync(_deleted, _closed.Token));
        _deleted = [];
    }

    private async Task ActAsync(Func<Task<string?>> action)
    {
        _busy = true;
        _refusal = await action();
        _busy = false;
        await LoadAsync();
    }
}
