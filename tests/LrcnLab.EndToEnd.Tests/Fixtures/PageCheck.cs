using System.Globalization;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Xunit;

namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>That a page in some state fits its window and can be used without eyes, in both themes and widths; with pictures, if somebody wants them.</summary>
internal static class PageCheck
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>Where pictures go; null for nowhere.</summary>
    public static string? PictureFolder => Environment.GetEnvironmentVariable("LRCNLAB_SCREENSHOTS") is { Length: > 0 } folder ? Path.GetFullPath(folder, TestPaths.RepositoryRoot) : null;

    /// <summary>Looks at every chart, which draws it: charts that nobody sees are neither read nor drawn.</summary>
    public static async Task SeeChartsAsync(IPage page)
    {
        await page.WaitForFunctionAsync("() => { const due = [...document.querySelectorAll('[data-chart-note]')].find(e => e.checkVisibility() && e.textContent.startsWith('Loading')); due?.scrollIntoView({ block: 'center' }); return !due; }");
        await page.EvaluateAsync("scrollTo(0, 0)");
    }

    /// <summary>What keeps people from using the page without eyes or without a mouse, as axe finds it.</summary>
    public static async Task<IReadOnlyList<string>> BarriersAsync(IPage page)
    {
        // Not by the package that drives axe from Playwright: it opens a window a run, which takes two seconds.
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
            await page.EvaluateAsync(Axe);
        return await page.EvaluateAsync<string[]>(
            "async () => (await axe.run({ resultTypes: ['violations'] })).violations.map(v => `${v.impact} ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html).join(' | ')}`)");
    }

    /// <summary>That the page in its present state is as wide as its window and has no barriers; pictured where asked for.</summary>
    /// <param name="page">As it stands.</param>
    /// <param name="name">Of the pictures.</param>
    public static async Task RunAsync(IPage page, string name)
    {
        foreach ((int width, bool dark) in ((int, bool)[])[(1440, false), (1440, true), (390, false), (390, true)])
        {
            await page.SetViewportSizeAsync(width, width < 600 ? 844 : 900);
            await page.EvaluateAsync($"document.documentElement.dataset.theme = '{(dark ? "dark" : "light")}'");
            await SeeChartsAsync(page);
            Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
            // The slowest part by far: two runs see both widths and both themes.
            if (dark == width < 600)
                Assert.Empty(await BarriersAsync(page));
            if (PictureFolder is { } folder)
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{(dark ? "dark" : "light")}-{width}.png")), FullPage = true });
        }

        await page.SetViewportSizeAsync(1440, 900);
        await page.EvaluateAsync("document.documentElement.dataset.theme = 'light'");
    }
}
