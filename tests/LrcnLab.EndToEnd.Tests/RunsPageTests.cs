using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>The table of runs: asked, sorted, with other columns, saved, and as it was after a reload.</summary>
public sealed class RunsPageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Table_IsFilteredSortedExtendedAndSaved()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        foreach (string name in (string[])["table-a", "table-b"])
            await lab.Api.WaitForStateAsync(await lab.Api.CreateRunAsync(name, Lab.SmallSpec(epochs: name == "table-a" ? 1 : 2, seed: 31), Cancel), TimeSpan.FromMinutes(3), Cancel, "completed");
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/runs");
        ILocator rows = page.Locator("tbody tr").Filter(new() { Has = page.GetByRole(AriaRole.Link) });
        ILocator filter = page.GetByLabel("Filter runs");

        await Expect(filter).ToHaveAttributeAsync("placeholder", "state = completed and best(validation/loss) < 1  ( / )");
        await filter.FillAsync("table-");
        await Expect(page.GetByTestId("found")).ToContainTextAsync("2 of ");
        await filter.FillAsync("name ~ table- and training.epochs >= 2");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("table-b");
        await filter.FillAsync("name ~ table- and");
        await Expect(page.GetByTestId("query-problem")).ToContainTextAsync("At character 18: Something is missing at the end");
        await Expect(rows).ToHaveCountAsync(1);
        await PageCheck.RunAsync(page, "runs-query-wrong");
        await filter.FillAsync("name ~ table-");
        await Expect(rows).ToHaveCountAsync(2);

        await page.GetByRole(AriaRole.Button, new() { Name = "Columns" }).ClickAsync();
        foreach (string column in (string[])["training.epochs", "at(train/loss, 1)"])
        {
            await page.GetByLabel("Column to add").FillAsync(column);
            await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = column })).ToBeVisibleAsync();
        }

        await page.GetByLabel("Column to add").FillAsync("at(train/loss)");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("takes a metric and an epoch");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove column dataset" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Data set" })).ToHaveCountAsync(0);
        await PageCheck.RunAsync(page, "runs-columns");
        await page.Keyboard.PressAsync("Escape");

        ILocator epochs = page.GetByRole(AriaRole.Columnheader, new() { Name = "training.epochs" });
        await epochs.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(epochs).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(rows.First).ToContainTextAsync("table-b");
        await epochs.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(rows.First).ToContainTextAsync("table-a");

        await page.ReloadAsync();
        await Expect(filter).ToHaveValueAsync("name ~ table-");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.First).ToContainTextAsync("table-a");
        await Expect(epochs).ToHaveAttributeAsync("aria-sort", "ascending");
        await PageCheck.RunAsync(page, "runs-sorted");

        await page.GetByRole(AriaRole.Button, new() { Name = "Save as" }).ClickAsync();
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).ClickAsync());
        string[] lines = await File.ReadAllLinesAsync(await download.PathAsync(), Cancel);
        Assert.Equal("run,name,state,progress,best(validation/accuracy_top1),best(validation/loss),last(train/loss),created,duration,training.epochs,\"at(train/loss, 1)\"", lines[0]);
        Assert.Equal(3, lines.Length);

        await filter.FillAsync("nothing is called so");
        await Expect(page.GetByText("No run is like that")).ToBeVisibleAsync();
        await PageCheck.RunAsync(page, "runs-none-found");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show all" }).ClickAsync();
        await Expect(filter).ToHaveValueAsync("");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Table_OfManyRuns_HasOnlyRowsInSightAndShowsAllOnScrolling()
    {
        const int runs = 45;
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        await PostAsync(lab, "queue/hold", new JsonObject());
        var made = new List<Guid>();
        for (int i = 0; i < runs; i++)
            made.Add(await lab.Api.CreateRunAsync($"scrolled-{i}-", Lab.SmallSpec(epochs: 1, seed: i), Cancel));
        IPage page = await browser.NewPageAsync(lab);
        await page.SetViewportSizeAsync(1440, 500);
        await page.GotoAsync("/runs?q=name%20~%20scrolled-");
        ILocator rows = page.Locator("tr[data-run]");
        await Expect(page.GetByTestId("found")).ToContainTextAsync($"{runs} of ");
        await Expect(rows.First).ToContainTextAsync($"scrolled-{runs - 1}-");
        Assert.InRange(await rows.CountAsync(), 8, 35);

        await page.Locator(".table-wrap.rows").EvaluateAsync("frame => frame.scrollTo(0, frame.scrollHeight)");
        await Expect(rows.Filter(new() { HasText = "scrolled-0-" })).ToBeInViewportAsync();
        Assert.InRange(await rows.CountAsync(), 8, 35);
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "State" })).ToBeInViewportAsync();

        foreach (Guid run in made)
        {
            await PostAsync(lab, $"runs/{run}/kill");
            (await lab.Api.Http.DeleteAsync($"runs/{run}", Cancel)).Dispose();
            (await lab.Api.Http.DeleteAsync($"runs/{run}?permanently=true", Cancel)).Dispose();
        }

        await PostAsync(lab, "queue/release", new JsonObject());
        await page.Context.CloseAsync();
    }

    private static async Task PostAsync(LabProcess lab, string address, JsonObject? body = null)
    {
        using HttpResponseMessage answer = await lab.Api.PostAsync(address, body, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{address}: {answer.StatusCode}");
    }
}
