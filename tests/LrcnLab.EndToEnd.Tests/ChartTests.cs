using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Curves are thinned to what can be seen, finer where one looks closer, whole if wanted, and stand over whatever axis is asked for.</summary>
public sealed class ChartTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PageWithCharts_CanBeLeftBeforeTheyAreThere()
    {
        Guid run = (await shared.CompletedRunsAsync(1, Cancel))[0];
        IPage page = await browser.NewPageAsync(await shared.GetAsync(Cancel));
        await page.RouteAsync("**/line-chart*.js", async route =>
        {
            await Task.Delay(1500, Cancel);
            await route.ContinueAsync();
        });
        await page.GotoAsync($"/runs/{run}");
        await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Link, new() { Name = "Timeline" }).ClickAsync(), new Regex("line-chart"));
        await page.WaitForTimeoutAsync(500);

        await page.GetByRole(AriaRole.Link, new() { Name = "Log", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Search the log")).ToBeVisibleAsync();
        await Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task CurvesOfACrowd_KeepTheirSpikes_AndEachIsFoundBesideTheHand()
    {
        IPage page = await browser.NewPageAsync(await shared.GetAsync(Cancel));
        await page.GotoAsync("/");

        // The second point of a place is left out, unless it is the spike.
        Assert.Equal("[[[0,1,10],[1,9,2]],[[1,10],[5,6]]]", await page.EvaluateAsync<string>("""
            async () => JSON.stringify((await import('/js/chart-data.js')).aligned([[[0, 1, 1.01, 1.02, 10], [1, 2, 9, 2, 2]], [[1.03, 10], [5, 6]]], 10))
            """));
        int[] found = await page.EvaluateAsync<int[]>("""
            async () => { const { nextPoint } = await import('/js/chart-twins.js'); return [1, 2, 4].map(at => nextPoint({ data: [null, [null, null, 7, null, 8]] }, 1, at)); }
            """);
        Assert.Equal([2, 2, 4], found);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Curve_IsZoomedIntoDrawnWholeAndPutOverOtherAxes()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid run = await lab.Api.CreateRunAsync("curves", Lab.SmallSpec(epochs: 30), Cancel);
        await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(5), Cancel, "completed");
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.SetViewportSizeAsync(390, 844);
        await page.GotoAsync($"/runs/{run}");
        ILocator chart = page.Locator("figure").Filter(new() { HasText = "Gradient norm" }), note = chart.Locator("[data-chart-note]"), legend = chart.Locator(".u-legend");
        await chart.ScrollIntoViewIfNeededAsync();
        await Expect(note).ToHaveTextAsync(new Regex(@"^1,\d{3} points, \d{3} drawn, extremes kept ?draw every point"));
        await chart.GetByRole(AriaRole.Button, new() { Name = "draw every point" }).ClickAsync();
        await Expect(note).ToHaveTextAsync(new Regex(@"^1,\d{3} points ?draw fewer"));
        await chart.GetByRole(AriaRole.Button, new() { Name = "draw fewer" }).ClickAsync();
        await Expect(note).ToContainTextAsync("drawn, extremes kept");

        IDownload download = await page.RunAndWaitForDownloadAsync(() => chart.GetByRole(AriaRole.Link, new() { Name = "CSV" }).ClickAsync());
        string[] lines = await File.ReadAllLinesAsync(await download.PathAsync(), Cancel);
        Assert.Equal("run,name,key,step,epoch,time,value", lines[0]);
        Assert.Equal(1 + 30 * 35, lines.Length);
        Assert.Equal("optimizer-gradient_norm.csv", download.SuggestedFilename);

        LocatorBoundingBoxResult plot = (await chart.Locator(".u-over").BoundingBoxAsync())!;
        await DragAsync(0.4f, 0.5f);
        await Expect(note).ToHaveTextAsync(new Regex(@"^\d{2,3} points in this part ?show all"));
        await PageCheck.RunAsync(page, "chart-zoomed");
        await page.SetViewportSizeAsync(390, 844);
        await chart.GetByRole(AriaRole.Button, new() { Name = "show all" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(note).ToContainTextAsync("drawn, extremes kept");
        await DragAsync(0.2f, 0.3f);
        await Expect(note).ToContainTextAsync("in this part");
        await chart.Locator(".u-over").DblClickAsync();
        await Expect(note).Not.ToContainTextAsync("in this part");

        foreach (var (axis, title) in new[] { ("samples", "Samples seen"), ("training", "Time in training"), ("clock", "Time (UTC)"), ("epoch", "Epoch"), ("metric:train/loss", "train/loss") })
        {
            await page.GetByLabel("Axis").SelectOptionAsync(axis);
            await Expect(legend.Locator(".u-series").First).ToContainTextAsync(title);
            await Expect(note).ToContainTextAsync("points");
        }

        await PageCheck.RunAsync(page, "chart-other-metric");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();

        async Task DragAsync(float from, float to)
        {
            await chart.ScrollIntoViewIfNeededAsync();
            plot = (await chart.Locator(".u-over").BoundingBoxAsync())!;
            await page.Mouse.MoveAsync(plot.X + from * plot.Width, plot.Y + plot.Height / 2);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(plot.X + to * plot.Width, plot.Y + plot.Height / 2, new() { Steps = 5 });
            await page.Mouse.UpAsync();
        }
    }
}
