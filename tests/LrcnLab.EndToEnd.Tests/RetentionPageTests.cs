using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>What the rules would remove is shown first, then removed; a name keeps a checkpoint.</summary>
public sealed class RetentionPageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checkpoints_AreNamedPlannedAndRemoved()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        JsonObject spec = Lab.SmallSpec(epochs: 3, seed: 55);
        spec["checkpoints"] = new JsonObject { ["keepEveryEpochs"] = 1 };
        Guid run = await lab.Api.CreateRunAsync("many checkpoints", spec, Cancel);
        await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(3), Cancel, "completed");
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync($"/runs/{run}?tab=checkpoints");
        ILocator name = page.GetByLabel("Name of the epoch-2 checkpoint of epoch 2");
        await name.FillAsync("for the paper");
        await name.PressAsync("Enter");
        await EventuallyAsync(async () => Assert.Contains("for the paper", (await lab.Api.ItemsAsync($"runs/{run}/checkpoints", Cancel)).ToJsonString(), StringComparison.Ordinal));
        await PageCheck.RunAsync(page, "run-checkpoints-named");

        await page.GotoAsync("/settings/retention");
        await page.GetByLabel("Best of each run").FillAsync("0");
        await page.GetByLabel("Last of each run").FillAsync("0");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would go" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No rule keeps anything");
        await page.GetByLabel("Best of each run").FillAsync("5");
        await page.GetByLabel("Last of each run").FillAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would go" }).ClickAsync();
        await Expect(page.GetByTestId("retention-plan")).ToContainTextAsync("are kept by a rule");
        await page.GetByLabel("Best of each run").FillAsync("0");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would go" }).ClickAsync();
        await Expect(page.GetByTestId("retention-plan")).ToContainTextAsync(new Regex(@"\d+ checkpoints, which frees [\d.]+ (K|M)iB; \d+ stay\."));
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "many checkpoints" }).Filter(new() { HasText = "epoch-1" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "many checkpoints" }).Filter(new() { HasText = "epoch-2" })).ToHaveCountAsync(0);
        await PageCheck.RunAsync(page, "retention-plan");

        // Every other run of this installation keeps what it has.
        await page.GetByLabel("Best of each run").FillAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would go" }).ClickAsync();
        int before = (await lab.Api.ItemsAsync($"runs/{run}/checkpoints", Cancel)).Count;
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove " }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("retention-done")).ToContainTextAsync("gone");
        JsonArray after = await lab.Api.ItemsAsync($"runs/{run}/checkpoints", Cancel);
        Assert.True(after.Count < before);
        Assert.Contains("epoch-2", after.Select(c => c!["kind"]!.GetValue<string>()));
        Assert.Contains("last", after.Select(c => c!["kind"]!.GetValue<string>()));
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the rules" }).ClickAsync();
        await Expect(page.GetByTestId("retention-done")).ToContainTextAsync("The rules are kept");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    private static async Task EventuallyAsync(Func<Task> holds)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                await holds();
                return;
            }
            catch (Exception) when (i < 50)
            {
                await Task.Delay(100, Cancel);
            }
        }
    }
}
