using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>The log of a run is searched, and what is looked for stays in the address.</summary>
public sealed class LogPageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Log_IsSearchedByPatternLevelAndLinesAround()
    {
        Guid run = (await shared.CompletedRunsAsync(1, Cancel))[0];
        LabProcess lab = await shared.GetAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync($"/runs/{run}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Log", Exact = true }).ClickAsync();
        ILocator search = page.GetByLabel("Search the log"), hits = page.Locator(".log .hit");
        await search.FillAsync("epoch [12] of");
        await search.PressAsync("Enter");
        await Expect(hits).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("log-found")).ToContainTextAsync(new Regex(@"^2 of \d+ lines\."));
        await Expect(page).ToHaveURLAsync(new Regex(@"tab=log&q=epoch"));
        await page.GetByLabel("Lines around").SelectOptionAsync("2");
        await Expect(page.Locator(".log .around").First).ToBeVisibleAsync();
        await search.PressAsync("Enter");
        await Expect(hits.First).ToHaveClassAsync(new Regex(@"\bnow\b"));
        await search.PressAsync("Shift+Enter");
        await Expect(hits.Last).ToHaveClassAsync(new Regex(@"\bnow\b"));
        await PageCheck.RunAsync(page, "log-search");

        await page.ReloadAsync();
        await Expect(hits).ToHaveCountAsync(2);
        await search.FillAsync("(a");
        await search.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("\"(a\" is no regular expression");
        await search.FillAsync("");
        await search.PressAsync("Enter");
        await page.GetByLabel("Level").SelectOptionAsync("error");
        await Expect(page.GetByText("Nothing found")).ToBeVisibleAsync();
        await page.GetByLabel("Level").SelectOptionAsync("");
        await Expect(page.Locator(".log > div").First).ToBeVisibleAsync();
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }
}
