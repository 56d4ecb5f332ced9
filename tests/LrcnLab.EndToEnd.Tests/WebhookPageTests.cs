using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using LrcnLab.Scheduling.Tests;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Somebody adds a webhook, tries it, lets a run end, reads of it in the bell and in the log of deliveries, and removes it.</summary>
public sealed class WebhookPageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Webhook_IsTriedAndGetsTheEndOfARun()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        using var receiver = new Receiver();
        using (HttpResponseMessage read = await lab.Api.PostAsync("notifications/read", null, Cancel))
            read.EnsureSuccessStatusCode();
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/settings/webhooks");
        await Expect(page.GetByText("No webhook yet")).ToBeVisibleAsync();

        ILocator form = page.GetByRole(AriaRole.Region, new() { Name = "New webhook" });
        await form.GetByLabel("Name").FillAsync("pager");
        await form.GetByLabel("Address").FillAsync("http://169.254.169.254/");
        await form.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("link-local");
        await form.GetByLabel("Address").FillAsync(receiver.Url);
        await form.GetByLabel("completed", new() { Exact = true }).CheckAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        string secret = await page.GetByTestId("secret").InnerTextAsync();
        await Expect(form.GetByLabel("Name")).ToHaveValueAsync("");
        ILocator card = page.GetByRole(AriaRole.Region, new() { Name = "pager" });
        await Expect(card).ToContainTextAsync("completed, of every project");
        await card.GetByRole(AriaRole.Button, new() { Name = "Send a test" }).ClickAsync();
        await Expect(page.GetByTestId("result")).ToContainTextAsync("It arrived. The answer was 200 after");
        await Expect(page.GetByTestId("result")).ToContainTextAsync("thanks");

        receiver.Status = 503;
        Guid run = await lab.Api.CreateRunAsync("told", Lab.SmallSpec(epochs: 1), Cancel);
        await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(5), Cancel, "completed");
        await Expect(page.GetByTestId("unread")).ToContainTextAsync("1 unread");
        await card.GetByRole(AriaRole.Button, new() { Name = "Deliveries" }).ClickAsync();
        ILocator deliveries = card.GetByTestId("delivery");
        await Expect(deliveries).ToHaveCountAsync(2);
        // It comes by itself as soon as it was tried.
        await Expect(deliveries.First).ToContainTextAsync("503");
        await Expect(deliveries.First).ToContainTextAsync("waits");
        await Expect(deliveries.Nth(1)).ToContainTextAsync("delivered");
        await PageCheck.RunAsync(page, "webhooks-deliveries");
        receiver.Status = 200;
        await deliveries.First.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await Expect(deliveries.First).ToContainTextAsync("delivered");
        Received last = receiver.All[^1];
        Assert.Equal("v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{last.Timestamp}.{last.Body}"))), last.Signature);
        Assert.Equal(("told is completed", run), ((string)JsonNode.Parse(last.Body)!["title"]!, (Guid)JsonNode.Parse(last.Body)!["run"]!["id"]!));

        await card.GetByRole(AriaRole.Button, new() { Name = "Change pager" }).ClickAsync();
        ILocator change = card.GetByTestId("webhook-form");
        await Expect(change.GetByLabel("Address")).ToHaveValueAsync(receiver.Url);
        await change.GetByLabel("Name").FillAsync("chat");
        await change.GetByLabel("failed", new() { Exact = true }).CheckAsync();
        await PageCheck.RunAsync(page, "webhooks-change");
        await change.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        card = page.GetByRole(AriaRole.Region, new() { Name = "chat" });
        await Expect(card).ToContainTextAsync("completed, failed, of every project");

        await page.GetByTestId("bell").ClickAsync();
        ILocator menu = page.GetByRole(AriaRole.Group, new() { Name = "Newest notifications" });
        await Expect(menu.GetByRole(AriaRole.Link).First).ToContainTextAsync("told is completed");
        await PageCheck.RunAsync(page, "bell");
        await menu.GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("told");
        await Expect(menu).ToBeHiddenAsync();
        await Expect(page.GetByTestId("unread")).ToHaveCountAsync(0);

        await page.GotoAsync("/settings/webhooks");
        await card.GetByRole(AriaRole.Button, new() { Name = "Remove chat" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await Expect(page.GetByText("No webhook yet")).ToBeVisibleAsync();
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Notifications_AreFilteredInTheAddressAndRead()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid run = await lab.Api.CreateRunAsync("noted", Lab.SmallSpec(epochs: 1), Cancel);
        await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(5), Cancel, "completed");
        IPage page = await browser.NewPageAsync(lab), other = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await other.GotoAsync("/notifications?unread=true");
        await Expect(other.GetByTestId("notification").First).ToContainTextAsync("noted is completed");
        await page.GotoAsync("/notifications");
        ILocator rows = page.GetByTestId("notification");
        await Expect(rows.First).ToContainTextAsync("noted is completed");
        await PageCheck.RunAsync(page, "notifications-unread");

        await page.GetByLabel("Kind").SelectOptionAsync("run-failed");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"\?kind=run-failed$"));
        await Expect(rows.Filter(new() { HasText = "noted" })).ToHaveCountAsync(0);
        await page.GetByLabel("Kind").SelectOptionAsync("run-completed");
        await Expect(rows.First).ToContainTextAsync("noted is completed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mark as read: noted is completed" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Mark as read: noted is completed" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Unread" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("unread=true"));
        await Expect(rows.Filter(new() { HasText = "noted" })).ToHaveCountAsync(0);
        // Another person's page hears of it.
        await Expect(other.GetByTestId("notification").Filter(new() { HasText = "noted" })).ToHaveCountAsync(0);
        await other.GotoAsync("/notifications");
        if (await other.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" }).IsEnabledAsync())
            await other.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" }).ClickAsync();
        await Expect(page.GetByTestId("unread")).ToHaveCountAsync(0);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
        await other.Context.CloseAsync();
    }
}
