using System.Globalization;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>That a page in some state fits its window and can be used without eyes, in both themes and widths; with pictures, if somebody wants them.</summary>
internal static class PageCheck
{
    /// <summary>Where pictures go; null for nowhere.</summary>
    public static string? PictureFolder => Environment.GetEnvironmentVariable("LRCNLAB_SCREENSHOTS") is { Length: > 0 } folder ? Path.GetFullPath(folder, TestPaths.RepositoryRoot) : null;

    /// <summary>Looks at every chart, which draws it: charts that nobody sees are neither read nor drawn.</summary>
    public static async Task SeeChartsAsync(IPage page)
    {
        await page.WaitForFunctionAsync("() => { const due = [...document.querySelectorAll('[data-chart-note]')].find(e => e.checkVisibility() && e.textContent.startsWith('Loading')); due?.scrollIntoView({ block: 'center' }); return !due; }");
        await page.EvaluateAsync("scrollTo(0, 0)");
    }

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
            AxeResult result = await page.RunAxe();
            Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(v => $"{width} {v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}")));
            if (PictureFolder is { } folder)
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{(dark ? "dark" : "light")}-{width}.png")), FullPage = true });
        }

        await page.SetViewportSizeAsync(1440, 900);
        await page.EvaluateAsync("document.documentElement.dataset.theme = 'light'");
    }
}
