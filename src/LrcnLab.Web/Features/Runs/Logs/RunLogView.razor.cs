using System.Globalization;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using LogLevel = LrcnLab.Core.Events.LogLevel;

namespace LrcnLab.Web.Features.Runs.Logs;

/// <summary>A run's log: its end, live, or what a search finds in all of it. What is looked for stands in the address.</summary>
public sealed partial class RunLogView
{
    private const int ShownLines = 2000;

    private readonly List<LogLine> _lines = [];
    private ElementReference _element;
    private IJSObjectReference? _module;
    private (long Revision, string? Pattern, string? Level, int Context) _loaded = (-1, null, null, 0);
    private LogHits? _hits;
    private string? _refusal;

    [Inject]
    public required IJSRuntime Browser { get; init; }

    [Inject]
    public required RunLog Log { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Parameter, EditorRequired]
    public required Guid RunId { get; set; }

    [Parameter]
    public long Revision { get; set; }

    [Parameter]
    public bool Live { get; set; }

    /// <summary>What is looked for; empty for the end of the log.</summary>
    [Parameter]
    public string? Pattern { get; set; }

    /// <summary>The least level that is looked for; empty for any.</summary>
    [Parameter]
    public string? Level { get; set; }

    /// <summary>Lines before and after each that is found.</summary>
    [Parameter]
    public int Context { get; set; }

    private bool Searching => !string.IsNullOrEmpty(Pattern) || !string.IsNullOrEmpty(Level);

    private IEnumerable<LogHit> Shown => Searching ? _hits?.Lines ?? [] : _lines.Select(l => new LogHit(l, false));

    private string Found => Searching
        ? _hits is null ? "" : $"{Format.Count(_hits.Count)} of {Format.Count(_hits.Searched)} lines{(_hits.Count > LogSearch.MostHits ? $"; the newest {LogSearch.MostHits} are shown" : "")}. Enter goes to the next, Shift and Enter to the one before.{(Live ? " Lines that came since are not among them." : "")}"
        : _lines.Count == 0 ? "" : $"{Format.Count(_lines.Count)} lines{(_lines[0].N > 1 ? $"; {Format.Count(_lines[0].N - 1)} before them are not shown" : "")}{(Live ? "; follows the end unless you scroll up" : "")}";

    protected override async Task OnParametersSetAsync()
    {
        // A search reads all of the log, which it cannot do with every line that a run adds.
        if (_loaded == (Searching ? 0 : Revision, Pattern, Level, Context))
            return;
        _loaded = (Searching ? 0 : Revision, Pattern, Level, Context);
        if (Searching)
        {
            (LogSearch? search, _refusal) = LogSearch.Of(Pattern, Enum.TryParse(Level, ignoreCase: true, out LogLevel level) ? level : default, Context);
            _hits = search is null ? null : await Log.SearchAsync(RunId, search, CancellationToken.None);
            return;
        }

        _refusal = null;
        // Of a long log only the end is shown.
        long from = _lines.Count == 0 ? -ShownLines : _lines[^1].N + 1;
        _lines.AddRange(await Log.ReadAsync(RunId, from, ShownLines, CancellationToken.None));
        if (_lines.Count > ShownLines)
            _lines.RemoveRange(0, _lines.Count - ShownLines);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // What was rendered may be older than what is known meanwhile: the browser answers late.
        if (_element.Id is null)
            return;
        _module ??= await Browser.InvokeAsync<IJSObjectReference>("import", "./js/lab.js");
        if (!Searching)
            await _module.InvokeVoidAsync("followEnd", _element);
    }

    private void Go(string? pattern, string? level, int context) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["q"] = string.IsNullOrEmpty(pattern) ? null : pattern,
        ["level"] = string.IsNullOrEmpty(level) ? null : level,
        ["context"] = context == 0 ? null : context.ToString(CultureInfo.InvariantCulture),
    }));

    private async Task NextAsync(KeyboardEventArgs e)
    {
        if (e.Key == "Enter" && Searching && _module is not null && _element.Id is not null)
            await _module.InvokeVoidAsync("nextHit", _element, e.ShiftKey);
    }
}
