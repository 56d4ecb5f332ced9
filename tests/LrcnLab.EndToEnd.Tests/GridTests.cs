using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>A new run from a template, as a grid, with its cost measured and its text completed.</summary>
public sealed class GridTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Grid_IsTypedMeasuredKeptAsTextAndLaunched()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/runs/new?preset=quick-start");
        ILocator launch = page.GetByRole(AriaRole.Region, new() { Name = "Launch" });
        await page.GetByLabel("Epochs", new() { Exact = false }).First.FillAsync("1");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("grid \"a\\b\"");

        // Key by key, as people write: a point or a comma at the end is on its way to something.
        ILocator rate = page.GetByLabel("Learning rate", new() { Exact = true });
        await rate.FillAsync("");
        await rate.PressSequentiallyAsync("0.002, 0.0005");
        await Expect(rate).ToHaveValueAsync("0.002, 0.0005");
        await page.GetByRole(AriaRole.Button, new() { Name = "several: values of Kind" }).ClickAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Kind" }).GetByLabel("gru").CheckAsync();
        await Expect(launch.GetByRole(AriaRole.Button, new() { Name = "Launch 4 runs" })).ToBeEnabledAsync();
        await Expect(page.GetByTestId("cost-steps")).ToHaveTextAsync("140");
        await page.GetByRole(AriaRole.Button, new() { Name = "Measure" }).ClickAsync();
        await Expect(page.GetByTestId("cost-time")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^\d"), new() { Timeout = 60_000 });
        await PageCheck.RunAsync(page, "new-run-grid");

        await rate.FillAsync("0.002, fast");
        await Expect(launch.GetByRole(AriaRole.Alert)).ToContainTextAsync("optimizer.learningRate");
        await rate.FillAsync("0.002, 0.0005");

        // The text has the lists, and what is changed there is in the form.
        await page.GetByRole(AriaRole.Button, new() { Name = "YAML" }).ClickAsync();
        ILocator text = page.GetByLabel("Specification", new() { Exact = true });
        string yaml = await text.InputValueAsync();
        Assert.Contains("- 0.0005", yaml, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "JSON" }).ClickAsync();
        await Expect(text).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("\"kind\": \\["));
        await text.FillAsync("data:\n  dataset: moving-garments\noptimizer:\n  weig");
        await text.PressAsync("Control+Space");
        await Expect(page.GetByRole(AriaRole.Listbox, new() { Name = "Suggestions" }).GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await text.PressAsync("ArrowDown");
        await text.PressAsync("Enter");
        await Expect(text).ToHaveValueAsync("data:\n  dataset: moving-garments\noptimizer:\n  weightDecay: ");
        await PageCheck.RunAsync(page, "new-run-text");
        await text.FillAsync(yaml);
        await page.GetByRole(AriaRole.Button, new() { Name = "Form", Exact = true }).ClickAsync();
        await Expect(rate).ToHaveValueAsync("0.002, 0.0005");

        await launch.GetByRole(AriaRole.Button, new() { Name = "Launch 4 runs" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/runs\\?q=sweep"), new() { Timeout = 30_000 });
        await Expect(page.GetByTestId("found")).ToContainTextAsync("4 of ");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "grid \"a\\b\" kind=gru learningRate=0.0005" })).ToBeVisibleAsync();
        foreach (var run in (await lab.Api.ItemsAsync("runs", Cancel)).Where(r => r!["name"]!.GetValue<string>().StartsWith("grid \"a", StringComparison.Ordinal)))
            await lab.Api.WaitForStateAsync(Guid.Parse(run!["id"]!.GetValue<string>()), TimeSpan.FromMinutes(5), Cancel, "completed");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Template_IsKeptChosenAndRemoved()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/runs/new?preset=quick-start");
        ILocator seed = page.GetByLabel("Seed", new() { Exact = true });
        await seed.FillAsync("77");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep as a template" }).ClickAsync();
        await page.GetByLabel("Name of the template").FillAsync("Lucky");
        await page.GetByLabel("What it is good for").FillAsync("With a seed of luck");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        await Expect(page.GetByText("is kept beside the presets")).ToBeVisibleAsync();

        await page.GotoAsync("/runs/new");
        await Expect(seed).ToHaveValueAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Lucky With a seed of luck" }).ClickAsync();
        await Expect(seed).ToHaveValueAsync("77");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("Lucky");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove template Lucky" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove template Lucky" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Lucky With a seed of luck" })).ToHaveCountAsync(0);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }
}
