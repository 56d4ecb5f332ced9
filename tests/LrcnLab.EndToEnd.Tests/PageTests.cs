using System.Globalization;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>What holds on every page: it loads without a fault, fits its window, can be used without eyes, in light and dark, wide and narrow.</summary>
public sealed class PageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryPage_LoadsWithoutFault_FitsItsWindow_AndIsAccessible(bool dark)
    {
        IReadOnlyList<(string Name, string Address)> pages = await LabPages.AllAsync(shared, Cancel);
        LabProcess lab = await shared.GetAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab, dark: dark);
        var watch = new PageWatch(page, lab.Address);
        var wrong = new List<string>();
        foreach ((string name, string address) in pages)
        {
            await page.SetViewportSizeAsync(1440, 900);
            await OpenAsync(page, address);
            wrong.AddRange((await PageCheck.BarriersAsync(page)).Select(barrier => $"{address}: {barrier}"));
            foreach (int width in (int[])[1440, 390])
            {
                await page.SetViewportSizeAsync(width, width < 600 ? 844 : 900);
                int overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
                if (overflow > 0)
                    wrong.Add($"{address} is {overflow} px wider than its window of {width}");
                if (PageCheck.PictureFolder is not { } folder)
                    continue;
                await PageCheck.SeeChartsAsync(page);
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{(dark ? "dark" : "light")}-{width}.png")), FullPage = width < 600 });
            }
        }

        await page.Context.CloseAsync();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        watch.AssertNoFaults();
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
