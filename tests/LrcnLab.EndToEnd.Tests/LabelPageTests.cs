using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Runs are tagged, noted, renamed, archived and grouped, one by one and many at once; a view of them is kept.</summary>
public sealed class LabelPageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_AreTaggedArchivedGrouped_AndTheViewIsKept()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        foreach (int seed in (int[])[51, 52])
            await lab.Api.WaitForStateAsync(await lab.Api.CreateRunAsync($"labelled-{seed}", Lab.SmallSpec(epochs: 1, seed), Cancel), TimeSpan.FromMinutes(3), Cancel, "completed");
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/runs?q=name%20~%20labelled");
        await page.GetByLabel("Choose all that are found").CheckAsync();
        ILocator bulk = page.GetByRole(AriaRole.Region, new() { Name = "Chosen runs" });
        await Expect(bulk).ToContainTextAsync("2 chosen");
        await bulk.GetByRole(AriaRole.Button, new() { Name = "Tag", Exact = true }).ClickAsync();
        await page.GetByLabel("Tag to add").FillAsync("a, b");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).Last.ClickAsync();
        await Expect(bulk.GetByRole(AriaRole.Status)).ToContainTextAsync("has a comma");
        await page.GetByLabel("Tag to add").FillAsync("<b>paper</b>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Remove tag <b>paper</b>" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");

        // The query line knows the tag, and completes it by keyboard.
        ILocator filter = page.GetByLabel("Filter runs");
        await filter.FillAsync("");
        await filter.PressSequentiallyAsync("tag = ");
        ILocator offered = page.GetByRole(AriaRole.Option, new() { Name = "<b>paper</b>" });
        await Expect(offered).ToBeVisibleAsync();
        await filter.PressAsync("ArrowDown");
        while (await offered.GetAttributeAsync("aria-selected") != "true")
            await filter.PressAsync("ArrowDown");
        await filter.PressAsync("Enter");
        await Expect(filter).ToHaveValueAsync("tag = \"<b>paper</b>\" ");
        await Expect(page.GetByTestId("found")).ToContainTextAsync("2 of ");

        await page.GetByLabel("Group by").SelectOptionAsync("bundle");
        await Expect(page.GetByTestId("run-group")).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("run-group")).ToContainTextAsync("and other seeds (2)");
        await PageCheck.RunAsync(page, "runs-grouped");
        await page.GetByTestId("run-group").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Views" }).ClickAsync();
        await page.GetByLabel("Name of this view").FillAsync("Paper");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Paper", Exact = true })).ToBeVisibleAsync();
        await page.GotoAsync("/runs");
        await page.GetByRole(AriaRole.Button, new() { Name = "Views" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Paper", Exact = true }).ClickAsync();
        await Expect(filter).ToHaveValueAsync("tag = \"<b>paper</b>\" ");
        await Expect(page.GetByTestId("run-group")).ToHaveCountAsync(1);

        await page.GetByLabel("Choose all that are found").CheckAsync();
        await bulk.GetByRole(AriaRole.Button, new() { Name = "Archive" }).ClickAsync();
        await Expect(page.GetByText("No run is like that")).ToBeVisibleAsync();
        await page.GetByTestId("archived").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByTestId("found")).ToContainTextAsync("2 of ");
        await page.GetByLabel("Choose all that are found").CheckAsync();
        await bulk.GetByRole(AriaRole.Button, new() { Name = "Archive" }).ClickAsync();
        await filter.FillAsync("archived != none and tag ~ paper");
        await filter.PressAsync("Escape");
        await Expect(page.GetByTestId("found")).ToContainTextAsync("2 of ");
        await page.GetByLabel("Choose all that are found").CheckAsync();
        await bulk.GetByRole(AriaRole.Button, new() { Name = "Out of the archive" }).ClickAsync();
        await Expect(page.GetByTestId("found")).ToContainTextAsync("0 of ");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task RunPage_TakesNameTagsNotesPinsAndOwnCharts()
    {
        Guid run = (await shared.CompletedRunsAsync(1, Cancel))[0];
        LabProcess lab = await shared.GetAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync($"/runs/{run}");
        string before = await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync();

        await page.GetByLabel("Add a tag").FillAsync("mine");
        await page.GetByLabel("Add a tag").PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Remove tag mine" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("another name");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("another name");

        await page.GetByRole(AriaRole.Button, new() { Name = "Pin Loss" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "On top" }).GetByRole(AriaRole.Figure, new() { Name = "Loss" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Own chart" }).ClickAsync();
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Norm and rate");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "optimizer/gradient_norm" }).CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "optimizer/learning_rate" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add to every run" }).ClickAsync();
        ILocator own = page.GetByRole(AriaRole.Region, new() { Name = "Own charts" }).GetByRole(AriaRole.Figure, new() { Name = "Norm and rate" });
        await Expect(own).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Table of Norm and rate" }).ClickAsync();
        await Expect(own.GetByRole(AriaRole.Table).Last).ToContainTextAsync("optimizer/gradient_norm");
        IDownload picture = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Picture of Norm and rate" }).ClickAsync());
        Assert.Equal("norm-and-rate.png", picture.SuggestedFilename);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(await picture.PathAsync(), Cancel))[..4]);
        await page.GetByRole(AriaRole.Button, new() { Name = "ignore outliers" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "log axis" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("draw=logx(,|%2C)outliers"));
        await PageCheck.RunAsync(page, "run-own-charts");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "ignore outliers" })).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(own).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Norm and rate" }).ClickAsync();
        await Expect(own).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pin Loss" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "On top" })).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Link, new() { Name = "Notes" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Write notes" }).ClickAsync();
        await page.GetByLabel("In Markdown").FillAsync(new string('n', 60_000));
        await page.GetByRole(AriaRole.Button, new() { Name = "Save notes" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("60,000 characters; at most 50,000");
        await Expect(page.GetByLabel("In Markdown")).ToHaveValueAsync(new string('n', 60_000));
        await page.GetByLabel("In Markdown").FillAsync("# Found\n\n<script>alert(1)</script> **good**");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save notes" }).ClickAsync();
        await Expect(page.Locator(".notes strong")).ToHaveTextAsync("good");
        await Expect(page.Locator(".notes")).ToContainTextAsync("<script>alert(1)</script>");

        await page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(before.Trim());
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove tag mine" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Remove tag mine" })).ToHaveCountAsync(0);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }
}
