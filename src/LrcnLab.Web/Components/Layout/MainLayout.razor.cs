using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace LrcnLab.Web.Components.Layout;

public sealed partial class MainLayout : IAsyncDisposable
{
    private ErrorBoundary? _boundary;
    private IJSObjectReference? _module;
    private DotNetObjectReference<MainLayout>? _self;
    private string _theme = "system";
    private bool _dark;
    private bool _systemDark;

    [Inject]
    public required IJSRuntime Browser { get; init; }

    [CascadingParameter(Name = "Theme")]
    public string InitialTheme { get; set; } = "system";

    protected override void OnInitialized() => Apply(InitialTheme);

    protected override void OnParametersSet() => _boundary?.Recover();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _module = await Browser.InvokeAsync<IJSObjectReference>("import", "./js/lab.js");
        _systemDark = await _module.InvokeAsync<bool>("prefersDark");
        _self = DotNetObjectReference.Create(this);
        await _module.InvokeVoidAsync("watchSystemTheme", _self);
        Apply(_theme);
        StateHasChanged();
    }

    /// <summary>Called by the browser when the system changes between light and dark.</summary>
    [JSInvokable]
    public async Task OnSystemTheme(bool dark)
    {
        _systemDark = dark;
        await ChangeThemeAsync(_theme);
        StateHasChanged();
    }

    public async ValueTask DisposeAsync()
    {
        _self?.Dispose();
        await _module.DisposeQuietlyAsync();
    }

    private async Task ChangeThemeAsync(string theme)
    {
        Apply(theme);
        if (_module is not null)
            await _module.InvokeVoidAsync("setTheme", theme);
    }

    private void Apply(string theme)
    {
        _theme = theme;
        _dark = theme == "dark" || (theme == "system" && _systemDark);
    }
}
