using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Four trained runs, two seeds of two specifications, in every part of the comparison.</summary>
public sealed class ComparePageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FourRuns_AreGroupedDrawnExploredAndJudged()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid[] runs = await TrainAsync(lab);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync($"/compare?runs={string.Join(',', runs)}");

        await CurvesAsync(page);
        await ExploreAsync(page);
        await SettingsAsync(page);
        await ClassesAsync(page);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    private static async Task<Guid[]> TrainAsync(LabProcess lab)
    {
        var runs = new List<Guid>();
        foreach ((string name, int epochs, double rate, int seed) in ((string, int, double, int)[])[("good-1", 6, 0.003, 41), ("good-2", 6, 0.003, 42), ("still-1", 6, 1e-7, 41), ("still-2", 6, 1e-7, 42)])
        {
            JsonObject spec = Lab.SmallSpec(epochs, seed);
            spec["data"]!["normalization"] = "motion";
            spec["optimizer"]!["learningRate"] = rate;
            runs.Add(await lab.Api.CreateRunAsync(name, spec, Cancel));
        }

        foreach (Guid run in runs)
            await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(5), Cancel, "completed");
        return [.. runs];
    }

    private static async Task CurvesAsync(IPage page)
    {
        ILocator legend = page.GetByRole(AriaRole.Figure, new() { Name = "validation/loss" }).Locator(".u-legend .u-series:not(.band-edge) .u-label");
        await Expect(legend).ToHaveCountAsync(5);
        await page.GetByLabel("Colour by").SelectOptionAsync("bundle");
        await Expect(page.GetByTestId("compare-group")).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("compare-group").First).ToContainTextAsync("good-1 and other seeds (2)");
        await Expect(page.GetByTestId("compare-group").First).ToContainTextAsync("±");
        await page.GetByLabel("Lines").SelectOptionAsync("interval");
        await Expect(legend).ToHaveCountAsync(3);
        await Expect(page.GetByRole(AriaRole.Figure, new() { Name = "validation/loss" })).ToContainTextAsync("24 points, their means at 12 places");
        await page.GetByLabel("Dash by").SelectOptionAsync("optimizer.learningRate");
        await page.GetByLabel("Add a chart").SelectOptionAsync("optimizer/gradient_norm");
        await Expect(page.GetByRole(AriaRole.Figure, new() { Name = "optimizer/gradient_norm" })).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(legend).ToHaveCountAsync(3);
        await Expect(page.GetByRole(AriaRole.Figure, new() { Name = "optimizer/gradient_norm" })).ToBeVisibleAsync();
    }

    private static async Task ExploreAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Settings and results" }).ClickAsync();
        await Expect(page.GetByTestId("kept")).ToHaveTextAsync("4");
        await Expect(page.Locator(".parallel path[data-run]")).ToHaveCountAsync(4);
        await Expect(page.Locator(".scatter circle")).ToHaveCountAsync(4);
        await Expect(page.GetByTestId("few-runs")).ToContainTextAsync("From 4 runs");

        // Down the upper half of the axis of learning rates: the runs that stood still are left out.
        ILocator axis = page.Locator("[data-axis='optimizer.learningRate']");
        await axis.ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult box = (await axis.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + 2);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await Expect(page.GetByTestId("kept")).ToHaveTextAsync("2");
        await Expect(page).ToHaveURLAsync(new Regex("brush=optimizer.learningRate"));
        ILocator rows = page.Locator("tr[data-run]");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.First).ToContainTextAsync("good-");
        await PageCheck.RunAsync(page, "compare-explored");
        await page.ReloadAsync();
        await Expect(page.GetByTestId("kept")).ToHaveTextAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "All of optimizer.learningRate" }).ClickAsync();
        await Expect(page.GetByTestId("kept")).ToHaveTextAsync("4");

        // The same by keyboard.
        await page.GetByLabel("Field of the range").SelectOptionAsync("training.seed");
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("42");
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("42");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("kept")).ToHaveTextAsync("2");
        await page.GetByLabel("Axis below").SelectOptionAsync("training.seed");
        await Expect(page).ToHaveURLAsync(new Regex("sx=training.seed"));
    }

    private static async Task SettingsAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Differing settings" }).ClickAsync();
        ILocator settings = page.GetByRole(AriaRole.Region, new() { Name = "Differing settings" });
        await Expect(settings.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        await page.GetByLabel("also the equal ones").CheckAsync();
        await Expect(settings.GetByRole(AriaRole.Cell, new() { Name = "training.epochs", Exact = true })).ToBeVisibleAsync();
    }

    private static async Task ClassesAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Classes and mistakes" }).ClickAsync();
        ILocator verdict = page.GetByTestId("verdict");
        await Expect(verdict).ToContainTextAsync("A is better.");
        await Expect(verdict).ToContainTextAsync("bootstrap over samples and seeds");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Difference of two confusion matrices" }).Locator("tbody tr")).ToHaveCountAsync(8);
        await PageCheck.RunAsync(page, "compare-judged");
        await page.GetByRole(AriaRole.Button, new() { Name = "Swap" }).ClickAsync();
        await Expect(verdict).ToContainTextAsync("B is better.");

        await page.GetByLabel("Side A").SelectOptionAsync(new SelectOptionValue { Label = "still-1" });
        await page.GetByLabel("Side B").SelectOptionAsync(new SelectOptionValue { Label = "still-2" });
        await Expect(verdict).ToContainTextAsync("McNemar p =");
        ILocator fusion = page.GetByTestId("fusion");
        await Expect(fusion.GetByRole(AriaRole.Row).Filter(new() { HasText = "1/3 A, 2/3 B" })).ToContainTextAsync("95 % interval");
        await fusion.GetByLabel("Weight of A").FillAsync("25");
        await Expect(fusion.GetByRole(AriaRole.Row).Filter(new() { HasText = "25 % A, 75 % B" })).ToContainTextAsync("95 % interval");
        await page.GetByLabel("Side B").SelectOptionAsync(new SelectOptionValue { Label = "still-1" });
        await Expect(verdict).ToContainTextAsync("A tie: they cannot be told apart.");
        await page.ReloadAsync();
        await Expect(verdict).ToContainTextAsync("A tie");
    }
}
