using Microsoft.Playwright;
using Xunit;

namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>One Chromium for all tests; every test gets its own profile. Tests are skipped where no Chromium is installed.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A page in a new profile; closes with the context that it belongs to.</summary>
    /// <param name="lab">The program whose pages it opens by relative address.</param>
    /// <param name="width">Of the window, in CSS pixels.</param>
    /// <param name="dark">The system's colour preference.</param>
    public async Task<IPage> NewPageAsync(LabProcess lab, int width = 1440, bool dark = false)
    {
        IBrowser browser = await LaunchAsync();
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = lab.Address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = width < 600 ? 844 : 900 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            AcceptDownloads = true,
        });
        IPage page = await context.NewPageAsync();
        // A slow machine may need long for a page; where speed is promised, a test says so itself.
        page.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
    }

    private async Task<IBrowser> LaunchAsync()
    {
        Assert.SkipWhen(TestPaths.Chromium is null, "No Chromium was found: apt-get install chromium, or set LRCNLAB_CHROMIUM to its path.");
        _playwright ??= await Playwright.CreateAsync();
        return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = TestPaths.Chromium, Args = Flags });
    }
}
