using System.Globalization;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>What holds on every page: it loads without a fault, fits its window, can be used without eyes, in light and dark, wide and narrow.</summary>
public sealed class PageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Pictures go to the folder in <c>LRCNLAB_SCREENSHOTS</c>, such as <c>docs/screenshots</c>, when it is set.</summary>
    private static string? PictureFolder => Environment.GetEnvironmentVariable("LRCNLAB_SCREENSHOTS") is { Length: > 0 } folder ? Path.GetFullPath(folder, TestPaths.RepositoryRoot) : null;

    [Theory]
    [InlineData(1440, false)]
    [InlineData(1440, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task EveryPage_LoadsWithoutFaultAndFitsItsWindow(int width, bool dark)
    {
        IReadOnlyList<(string Name, string Address)> pages = await LabPages.AllAsync(shared, Cancel);
        LabProcess lab = await shared.GetAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab, width, dark);
        var watch = new PageWatch(page, lab.Address);
        var tooWide = new List<string>();
        foreach ((string name, string address) in pages)
        {
            await OpenAsync(page, address);
            int overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (overflow > 0)
                tooWide.Add($"{address} is {overflow} px wider than its window of {width}");
            if (PictureFolder is { } folder)
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{(dark ? "dark" : "light")}-{width}.png")), FullPage = width < 600 });
        }

        await page.Context.CloseAsync();
        Assert.True(tooWide.Count == 0, string.Join('\n', tooWide));
        watch.AssertNoFaults();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryPage_IsAccessible(bool dark)
    {
        IReadOnlyList<(string Name, string Address)> pages = await LabPages.AllAsync(shared, Cancel);
        IPage page = await browser.NewPageAsync(await shared.GetAsync(Cancel), dark: dark);
        var found = new List<string>();
        foreach ((string _, string address) in pages)
        {
            await OpenAsync(page, address);
            AxeResult result = await page.RunAxe();
            found.AddRange(result.Violations.Select(v => $"{address}: {v.Impact} {v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}"));
        }

        await page.Context.CloseAsync();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    /// <summary>The page as it is when its connection stands and its charts and clips are drawn.</summary>
    private static async Task OpenAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        await page.WaitForFunctionAsync("() => ![...document.querySelectorAll('main p')].some(e => /^(Loading|Asking)/.test(e.textContent.trim()))");
        await PageCheck.SeeChartsAsync(page);
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('clip-player')].filter(c => c.getBoundingClientRect().top < innerHeight).every(c => c.dataset.loaded)");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }
}
