using System.Net;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Runs are deleted from the table, brought back, and removed for good.</summary>
public sealed class BinPageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_AreDeletedUndoneRestoredAndRemoved()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        // What other tests left there.
        foreach (var other in await lab.Api.ItemsAsync("runs/bin", Cancel))
            (await lab.Api.Http.DeleteAsync($"runs/{other!["id"]}?permanently=true", Cancel)).Dispose();
        Guid[] runs = [await lab.Api.CreateRunAsync("unwanted-1", Lab.SmallSpec(epochs: 1, seed: 91), Cancel), await lab.Api.CreateRunAsync("unwanted-2", Lab.SmallSpec(epochs: 1, seed: 92), Cancel)];
        foreach (Guid run in runs)
            await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(3), Cancel, "completed");
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);

        await page.GotoAsync("/runs");
        await page.GetByLabel("Choose unwanted-1").CheckAsync();
        await page.GetByLabel("Choose unwanted-2").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete 2" }).ClickAsync();
        await Expect(page.GetByTestId("deleted")).ToContainTextAsync("2 runs are in the bin.");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "unwanted-1" })).ToHaveCountAsync(0);
        await PageCheck.RunAsync(page, "runs-deleted");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "unwanted-1" })).ToBeVisibleAsync();
        await page.GetByLabel("Choose unwanted-1").CheckAsync();
        await page.GetByLabel("Choose unwanted-2").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete 2" }).ClickAsync();
        await page.GetByTestId("deleted").GetByRole(AriaRole.Link, new() { Name = "bin" }).ClickAsync();

        ILocator rows = page.GetByTestId("binned");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("bin-size")).ToContainTextAsync("2 runs; removing them frees");
        await PageCheck.RunAsync(page, "bin");
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore unwanted-1" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "unwanted-2" }).ClickAsync();
        await Expect(page.GetByTestId("in-bin")).ToContainTextAsync("This run is in the bin since");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "More" })).ToHaveCountAsync(0);
        await PageCheck.RunAsync(page, "run-in-bin");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/runs/bin$"));
        await Expect(page.GetByText("The bin is empty")).ToBeVisibleAsync();
        await PageCheck.RunAsync(page, "bin-empty");
        Assert.False(Directory.Exists(Path.Combine(shared.DataFolder, "runs", runs[1].ToString())));

        using HttpResponseMessage direct = await lab.Api.Http.DeleteAsync($"runs/{runs[0]}?permanently=true", Cancel);
        Assert.Equal(HttpStatusCode.Conflict, direct.StatusCode);
        using HttpResponseMessage binned = await lab.Api.Http.DeleteAsync($"runs/{runs[0]}", Cancel);
        Assert.Equal(HttpStatusCode.NoContent, binned.StatusCode);
        Assert.Single(await lab.Api.ItemsAsync("runs/bin", Cancel));
        await page.GotoAsync("/runs/bin");
        await page.GetByRole(AriaRole.Button, new() { Name = "Empty the bin" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Empty the bin" }).ClickAsync();
        await Expect(page.GetByText("The bin is empty")).ToBeVisibleAsync();
        using HttpResponseMessage gone = await lab.Api.Http.GetAsync($"runs/{runs[0]}", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }
}
