using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;

namespace LrcnLab.Web.Features.Data;

/// <summary>A source that is known: what a worker understands of it, what the person decides, and the start of the import.</summary>
public sealed partial class ImportSetup : IAsyncDisposable
{
    private static readonly ImportOptions Defaults = new();

    private readonly PageLifetime _closed = new();
    private CancellationTokenSource? _looking;
    private ImportPreview? _preview;
    private ProgressEvent? _progress;
    private IJSObjectReference? _module;
    private string _name = "";
    private string _layout = "";
    private int _split = Defaults.SplitNumber;
    private double _validation = Defaults.ValidationShare;
    private double _test = Defaults.TestShare;
    private int _seed = Defaults.Seed;
    private int _next = 1;
    private string? _refusal;
    private bool _starting;
    private bool _copied;

    [Inject]
    public required ImportPreviews Previews { get; init; }

    [Inject]
    public required DatasetService Datasets { get; init; }

    [Inject]
    public required IDbContextFactory<LabDbContext> Database { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    [Inject]
    public required IJSRuntime Browser { get; init; }

    [Parameter, EditorRequired]
    public required ImportSource Source { get; set; }

    [Parameter, EditorRequired]
    public required string SuggestedName { get; set; }

    [Parameter, EditorRequired]
    public required string Title { get; set; }

    /// <summary>Leaves the source; answers why that is not possible.</summary>
    [Parameter, EditorRequired]
    public required Func<Task<string?>> OnDiscard { get; set; }

    private ImportOptions Decisions => new()
    {
        Layout = _layout.Length == 0 ? null : _layout,
        SplitNumber = _split,
        ValidationShare = _validation,
        TestShare = _test,
        Seed = _seed,
    };

    private string Stage => _progress switch
    {
        null => "Looking at the files…",
        { Total: > 0 } p => $"{Sentence(p.Stage)}, {Math.Round(100.0 * p.Done / p.Total)} %",
        { } p => $"{Sentence(p.Stage)}…",
    };

    private string Command
    {
        get
        {
            string path = Source.Path ?? "path/to/" + SuggestedName;
            var parts = new List<string> { "dotnet LrcnLab.Worker.dll import", Quoted(path), "--name", Quoted(_name), "--output", Quoted($"datasets/{SuggestedName}") };
            if (_layout.Length > 0)
                parts.AddRange(["--layout", _layout]);
            if (_split != Defaults.SplitNumber)
                parts.AddRange(["--split-number", _split.ToString(CultureInfo.InvariantCulture)]);
            if (_validation != Defaults.ValidationShare)
                parts.AddRange(["--validation-share", _validation.ToString(CultureInfo.InvariantCulture)]);
            if (_test != Defaults.TestShare)
                parts.AddRange(["--test-share", _test.ToString(CultureInfo.InvariantCulture)]);
            if (_seed != Defaults.Seed)
                parts.AddRange(["--seed", _seed.ToString(CultureInfo.InvariantCulture)]);
            return string.Join(' ', parts);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _closed.Dispose();
        await _module.DisposeQuietlyAsync();
    }

    protected override async Task OnInitializedAsync()
    {
        _name = SuggestedName;
        await LookUpNameAsync();
        _ = LookAsync();
    }

    private async Task LookAsync()
    {
        _looking?.Cancel();
        using var looking = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        _looking = looking;
        (_refusal, _progress) = (null, null);
        StateHasChanged();
        try
        {
            PreviewResult result = await Previews.LookAsync(Source, Decisions, Show, looking.Token);
            if (_looking != looking)
                return;
            (_preview, _refusal) = (result.Preview, result.Problem?.Message);
        }
        catch (OperationCanceledException)
        {
            // Canceled by hand, by a newer choice, or the page was left.
            if (_looking == looking && !_closed.HasEnded)
                _refusal = "Looking was canceled. Look again when you are ready.";
        }
        catch (StorageFullException e)
        {
            _refusal = e.Message;
        }
        finally
        {
            if (_looking == looking)
                _looking = null;
        }

        if (!_closed.HasEnded)
            StateHasChanged();

        void Show(ProgressEvent progress) => _ = InvokeAsync(() =>
        {
            if (_looking != looking)
                return;
            _progress = progress;
            StateHasChanged();
        });
    }

    private void StopLooking() => _looking?.Cancel();

    private async Task ImportAsync()
    {
        _starting = true;
        try
        {
            (Guid? id, SpecProblem? refusal) = await Datasets.StartImportAsync(Source, _name, Decisions, trusted: false, _closed.Token);
            _refusal = refusal?.Message;
            if (id is { } import)
                Navigation.NavigateTo($"/data/import?import={import}");
        }
        catch (StorageFullException e)
        {
            _refusal = e.Message;
        }
        finally
        {
            _starting = false;
        }
    }

    private async Task DiscardAsync()
    {
        _looking?.Cancel();
        _refusal = await OnDiscard();
    }

    private async Task LookUpNameAsync()
    {
        string name = _name.Trim();
        await using LabDbContext db = await Database.CreateDbContextAsync(_closed.Token);
        _next = 1 + (await db.DatasetVersions.Where(v => v.Dataset.Name == name).MaxAsync(v => (int?)v.Number, _closed.Token) ?? 0);
    }

    private async Task CopyAsync()
    {
        _module ??= await Browser.InvokeAsync<IJSObjectReference>("import", "./js/lab.js");
        _copied = await _module.InvokeAsync<bool>("copy", Command);
    }

    private static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || "/._-:\\".Contains(c, StringComparison.Ordinal)) && text.Length > 0 ? text : $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Sentence(string stage) => stage.Length == 0 ? "Looking" : char.ToUpperInvariant(stage[0]) + stage[1..];
}
