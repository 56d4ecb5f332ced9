using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Guards in the form, what they and ended runs tell, and webhooks from the first test to the log.</summary>
public sealed class NotificationPageTests(Lab shared, Browser browser)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guard_IsSetInTheFormAndTellsWhatItDid()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/runs/new?preset=quick-start");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a rule" }).ClickAsync();
        ILocator guards = page.GetByRole(AriaRole.Region, new() { Name = "Guards", Exact = true });
        await guards.GetByLabel("When guards.rules[0].when").SelectOptionAsync("flat");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Launch" })).ToContainTextAsync("Flat compares values in a row: 2 or more are needed.");
        await guards.GetByLabel("When guards.rules[0].when").SelectOptionAsync("above");
        await guards.GetByLabel("Then guards.rules[0].then").SelectOptionAsync("pause");
        await PageCheck.RunAsync(page, "guards");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("guarded");
        await page.GetByRole(AriaRole.Button, new() { Name = "Launch" }).ClickAsync();
        await Expect(page.GetByTestId("run-state")).ToContainTextAsync("paused", new() { Timeout = (float)Limit.TotalMilliseconds });
        await page.GotoAsync("/notifications?unread=true");
        ILocator told = page.GetByTestId("notification").Filter(new() { HasText = "guarded was paused" });
        await Expect(told).ToContainTextAsync("The guard \"train-loss above 0\" paused the run: it was");
        await PageCheck.RunAsync(page, "notifications");
        await Expect(page.GetByTestId("unread")).ToBeVisibleAsync();
        await told.GetByRole(AriaRole.Button, new() { Name = "Mark as read" }).ClickAsync();
        await Expect(told).ToHaveCountAsync(0);
        ILocator all = page.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" });
        if (await all.IsEnabledAsync())
            await all.ClickAsync();
        await Expect(page.GetByTestId("unread")).ToHaveCountAsync(0);
        await Expect(page.GetByText("Nothing of this kind")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "All", Exact = true }).ClickAsync();
        await page.GetByTestId("notification").Filter(new() { HasText = "guarded was paused" }).GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.GetByTestId("run-state")).ToContainTextAsync("canceled");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Webhook_IsAddedTriedAndRemoved()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/settings/webhooks");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("pager");
        await page.GetByLabel("Address").FillAsync("http://169.254.169.254/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("link-local");
        // Nobody listens there; what the program itself answers is enough to see an answer.
        await page.GetByLabel("Address").FillAsync(new Uri(lab.Address, "api/v1/no-such-thing").ToString());
        await page.GetByLabel("failed").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("secret")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[0-9a-f]{64}$"));
        ILocator hook = page.GetByTestId("webhook").Filter(new() { HasText = "pager" });
        await Expect(hook).ToContainTextAsync("failed, of every project");
        await hook.GetByRole(AriaRole.Button, new() { Name = "Send a test" }).ClickAsync();
        await Expect(page.GetByTestId("result")).ToContainTextAsync("It did not arrive. The answer was 40");
        await hook.GetByRole(AriaRole.Button, new() { Name = "Deliveries" }).ClickAsync();
        await Expect(hook.GetByTestId("delivery")).ToContainTextAsync("waits");
        await PageCheck.RunAsync(page, "webhooks");
        Assert.DoesNotContain("secret\":\"" + await page.GetByTestId("secret").TextContentAsync(), (await lab.Api.GetAsync("webhooks", Cancel)).ToJsonString(), StringComparison.Ordinal);

        await hook.GetByRole(AriaRole.Button, new() { Name = "Remove pager" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(hook).ToHaveCountAsync(0);
        JsonNode none = await lab.Api.GetAsync("webhooks", Cancel);
        Assert.Empty(none["items"]!.AsArray());
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }
}
