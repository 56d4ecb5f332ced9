using System.Net;
using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>The queue is held, put in order by keyboard, mouse and number, and let go.</summary>
public sealed class QueuePageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HeldQueue_IsPutInOrderAndReleased()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/queue");
        await page.GetByRole(AriaRole.Button, new() { Name = "Hold the queue" }).ClickAsync();
        await Expect(page.GetByText("The queue is held since")).ToBeVisibleAsync();
        Guid[] runs = [await LaunchAsync(lab, "first"), await LaunchAsync(lab, "second"), await LaunchAsync(lab, "third")];
        ILocator rows = page.GetByTestId("waiting");
        await ExpectOrderAsync("first", "second", "third");
        await Expect(rows.First).ToContainTextAsync("the queue to be released");

        await page.GetByRole(AriaRole.Button, new() { Name = "Move third up" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await ExpectOrderAsync("first", "third", "second");
        await rows.Nth(2).DragToAsync(rows.First);
        await ExpectOrderAsync("second", "first", "third");
        ILocator priority = page.GetByRole(AriaRole.Spinbutton, new() { Name = "Priority of third" });
        await priority.FillAsync("12");
        await priority.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The priority is 12: allowed are -10 (last) to 10 (first).");
        await priority.FillAsync("5");
        await priority.PressAsync("Enter");
        await ExpectOrderAsync("third", "second", "first");
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain slot 1" }).ClickAsync();
        await Expect(page.GetByTestId("slot")).ToContainTextAsync("Drained: takes no run");
        await PageCheck.RunAsync(page, "queue");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use again slot 1" }).ClickAsync();
        await Expect(page.GetByTestId("slot")).ToContainTextAsync("Free");

        await page.GetByRole(AriaRole.Button, new() { Name = "Release the queue" }).ClickAsync();
        await Expect(page.GetByTestId("slot")).ToContainTextAsync("third");
        // As soon as the first run has measured its speed.
        await Expect(rows.First.GetByTestId("expected")).ToContainTextAsync(new System.Text.RegularExpressions.Regex("starts in .+, ends in .+"));
        await Expect(rows.Nth(1).GetByTestId("expected")).ToContainTextAsync("starts in");
        if (PageCheck.PictureFolder is { } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "queue-running.png"), FullPage = true });
        foreach (Guid run in runs)
        {
            using HttpResponseMessage ended = await lab.Api.PostAsync($"runs/{run}/kill", null, Cancel);
            await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(1), Cancel, "canceled", "completed");
        }

        watch.AssertNoFaults();
        await page.Context.CloseAsync();

        async Task ExpectOrderAsync(params string[] names)
        {
            await Expect(rows).ToHaveCountAsync(names.Length);
            for (int i = 0; i < names.Length; i++)
                await Expect(rows.Nth(i).GetByRole(AriaRole.Link)).ToHaveTextAsync(names[i]);
        }
    }

    [Fact]
    public async Task Api_HoldsOrdersAndRefuses()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        await PostAsync("queue/hold", "{}", HttpStatusCode.Accepted);
        Guid low = await LaunchAsync(lab, "api-low"), high = await LaunchAsync(lab, "api-high");

        await PostAsync($"runs/{high}/priority", """{ "priority": 3 }""", HttpStatusCode.Accepted);
        JsonNode queue = await lab.Api.GetAsync("queue", Cancel);
        Assert.Equal([high, low], queue["waiting"]!.AsArray().Select(r => r!["id"]!.GetValue<Guid>()));
        Assert.Null(queue["holds"]![0]!["node"]);
        Assert.Contains("allowed are -10", await PostAsync($"runs/{high}/priority", """{ "priority": 11 }""", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("name its node", await PostAsync("queue/hold", """{ "slot": 0 }""", HttpStatusCode.Conflict), StringComparison.Ordinal);
        await PostAsync($"runs/{low}/move", $$"""{ "before": "{{high}}" }""", HttpStatusCode.Accepted);
        Assert.Equal([low, high], (await lab.Api.GetAsync("queue", Cancel))["waiting"]!.AsArray().Select(r => r!["id"]!.GetValue<Guid>()));
        await PostAsync($"runs/{Guid.CreateVersion7()}/move", "{}", HttpStatusCode.NotFound);
        foreach (Guid run in (Guid[])[low, high])
            await PostAsync($"runs/{run}/kill", "{}", HttpStatusCode.Accepted);
        await PostAsync("queue/release", "{}", HttpStatusCode.Accepted);

        async Task<string> PostAsync(string path, string body, HttpStatusCode expected)
        {
            using HttpResponseMessage answer = await lab.Api.PostAsync(path, JsonNode.Parse(body), Cancel);
            string text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(answer.StatusCode == expected, $"{path}: {answer.StatusCode} {text}");
            return text;
        }
    }

    [Fact]
    public async Task ProjectsPage_LimitsARunThatThenWaits()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/settings/projects");
        await page.GetByLabel("New project").FillAsync("gestures");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await page.GetByLabel("Runs at once of gestures").FillAsync("0");
        await page.GetByLabel("Runs at once of gestures").PressAsync("Enter");
        await page.GetByLabel("Share of gestures").FillAsync("0");
        await page.GetByLabel("Share of gestures").PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The share is 0: allowed are 0.01 to 100.");

        using HttpResponseMessage wrong = await lab.Api.PostAsync("runs", new JsonObject { ["preset"] = "quick-start", ["project"] = 5 }, Cancel);
        Assert.Contains("The project is 5: a name is needed, as text.", await wrong.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using HttpResponseMessage created = await lab.Api.PostAsync("runs", new JsonObject { ["name"] = "limited", ["preset"] = "quick-start", ["project"] = "gestures", ["experiment"] = "first" }, Cancel);
        Guid run = JsonNode.Parse(await created.Content.ReadAsStringAsync(Cancel))!["id"]!.GetValue<Guid>();
        await Expect(page.GetByLabel("Runs at once of first")).ToBeVisibleAsync();
        await page.GotoAsync("/queue");
        await Expect(page.GetByTestId("waiting").Filter(new() { HasText = "limited" })).ToContainTextAsync("the limit of the project \"gestures\": 0 runs at once");
        await page.GotoAsync("/settings/projects");
        await page.GetByLabel("Runs at once of gestures").FillAsync("");
        await page.GetByLabel("Runs at once of gestures").PressAsync("Enter");
        await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(2), Cancel, "running", "completed");
        using HttpResponseMessage ended = await lab.Api.PostAsync($"runs/{run}/kill", null, Cancel);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    private static Task<Guid> LaunchAsync(LabProcess lab, string name) => lab.Api.CreateRunAsync(name, Lab.SmallSpec(epochs: 50), Cancel);
}
