using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace LrcnLab.Web.Components.Charts;

/// <summary>
/// A live chart of metric series. The browser reads the points over HTTP and draws them; this component only says what to draw,
/// and that there is more (<see cref="Revision"/> changed).
/// </summary>
public sealed partial class LineChart : IAsyncDisposable
{
    private readonly string _id = Guid.CreateVersion7().ToString();
    private ElementReference _element;
    private IJSObjectReference? _module;
    private long _drawnRevision;
    private string _drawnOptions = "";
    private bool _gone;

    [Inject]
    public required IJSRuntime Browser { get; init; }

    [Parameter, EditorRequired]
    public required string Title { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<ChartSeries> Series { get; set; }

    /// <summary><c>step</c>, <c>epoch</c>, <c>time</c> since the first point, <c>clock</c>, <c>training</c>, <c>samples</c>, or <c>metric:</c> and a key.</summary>
    [Parameter]
    public string XAxis { get; set; } = "step";

    [Parameter]
    public bool LogY { get; set; }

    /// <summary>Weight of the past in the smoothed line, 0 for none.</summary>
    [Parameter]
    public double Smoothing { get; set; }

    /// <summary>Height of the picture in pixels.</summary>
    [Parameter]
    public int Height { get; set; } = 220;

    /// <summary>Whether the axis begins at zero, for what is read as an amount.</summary>
    [Parameter]
    public bool FromZero { get; set; }

    /// <summary>Rises when the series have more points.</summary>
    [Parameter]
    public long Revision { get; set; }

    /// <summary>Without frame and title, within something that has both.</summary>
    [Parameter]
    public bool Bare { get; set; }

    [Parameter]
    public string? Aside { get; set; }

    /// <summary>Whether places of the axis are drawn by their logarithm.</summary>
    [Parameter]
    public bool LogX { get; set; }

    /// <summary>Whether the picture leaves out what is far from the rest.</summary>
    [Parameter]
    public bool IgnoreOutliers { get; set; }

    /// <summary>Charts of the same word and axis are zoomed together; null for one that stands alone.</summary>
    [Parameter]
    public string? Together { get; set; }

    /// <summary>Buttons of this chart, beside those that every chart has.</summary>
    [Parameter]
    public RenderFragment? Tools { get; set; }

    private string Curves => Series.Count > 16 ? $"{Series.Count} curves" : $"curves of {string.Join(", ", Series.Select(s => s.Label))}";

    private object Options => new { Series, XAxis, LogX, LogY, IgnoreOutliers, FromZero, Smoothing, Height, Together };

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        string options = System.Text.Json.JsonSerializer.Serialize(Options, Core.LabJson.Options);
        try
        {
            if (firstRender)
            {
                (_drawnOptions, _drawnRevision) = (options, Revision);
                IJSObjectReference module = await Browser.InvokeAsync<IJSObjectReference>("import", "./js/line-chart.js");
                if (_gone)
                {
                    await module.DisposeQuietlyAsync();
                    return;
                }

                _module = module;
                await _module.InvokeVoidAsync("create", _id, _element, Options);
            }
            else if (_module is not null && options != _drawnOptions)
            {
                (_drawnOptions, _drawnRevision) = (options, Revision);
                await _module.InvokeVoidAsync("update", _id, Options);
            }
            else if (_module is not null && Revision != _drawnRevision)
            {
                _drawnRevision = Revision;
                await _module.InvokeVoidAsync("refresh", _id);
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser left while we were drawing.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _gone = true;
        if (_module is null)
            return;
        try
        {
            await _module.InvokeVoidAsync("dispose", _id);
        }
        catch (JSDisconnectedException)
        {
            // The browser left first.
        }

        await _module.DisposeQuietlyAsync();
    }
}
