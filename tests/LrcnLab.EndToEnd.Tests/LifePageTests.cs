using System.Net;
using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>A completed run is continued, forked, cloned to a draft and reproduced in the browser, with the real worker.</summary>
public sealed class LifePageTests(Lab shared, Browser browser)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_IsReproducedContinuedAndForked()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid run = await lab.Api.CreateRunAsync("origin", Lab.SmallSpec(epochs: 2), Cancel);
        await lab.Api.WaitForStateAsync(run, Limit, Cancel, "completed");
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);

        await page.GotoAsync($"/runs/{run}");
        await OpenMenuAsync(page);
        await PageCheck.RunAsync(page, "run-menu");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reproduce" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("origin again");
        await Expect(page.GetByTestId("reproduction")).ToContainTextAsync("Identical. Every weight is equal, bit for bit, to that of origin.", new() { Timeout = (float)Limit.TotalMilliseconds });
        await Expect(page.GetByTestId("reproduction")).Not.ToContainTextAsync("What was not the same");
        await PageCheck.RunAsync(page, "run-reproduction");

        await page.GotoAsync($"/runs/{run}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue", Exact = true }).ClickAsync();
        ILocator form = page.GetByRole(AriaRole.Form, new() { Name = "Continue the run" });
        await Expect(form).ToContainTextAsync("2 epochs are done, of 2.");
        await PageCheck.RunAsync(page, "run-continue");
        await form.GetByLabel("Train to epoch").FillAsync("3");
        await form.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(form).ToBeHiddenAsync();
        await page.GotoAsync($"/runs/{run}?tab=timeline");
        await Expect(page.GetByTestId("timeline-entry").Filter(new() { HasText = "Continues to epoch 3." })).ToContainTextAsync($"by {Environment.UserName}");
        // It was completed before, too: only from that entry on does the state tell of this attempt.
        await Expect(page.GetByTestId("run-state")).ToContainTextAsync("completed", new() { Timeout = (float)Limit.TotalMilliseconds });
        await Expect(page.GetByText("Made from this run")).ToBeVisibleAsync();
        await PageCheck.RunAsync(page, "run-timeline");

        await page.GotoAsync($"/runs/{run}?tab=checkpoints");
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "last" }).GetByRole(AriaRole.Link, new() { Name = "fork" }).ClickAsync();
        await Expect(page.GetByTestId("fork-of")).ToContainTextAsync("Begins with the checkpoint \"last\" of origin: epoch 3");
        await page.GetByLabel("Learning rate", new() { Exact = true }).FillAsync("0.001");
        await PageCheck.RunAsync(page, "new-fork");
        await page.GetByRole(AriaRole.Button, new() { Name = "Launch" }).ClickAsync();
        await Expect(page.GetByTestId("run-parent")).ToContainTextAsync("fork of origin, from step");
        await Expect(page.GetByTestId("run-state")).ToContainTextAsync("completed", new() { Timeout = (float)Limit.TotalMilliseconds });
        await PageCheck.SeeChartsAsync(page);
        await Expect(page.GetByText("train/loss of origin").First).ToBeVisibleAsync();
        await PageCheck.RunAsync(page, "run-fork");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Draft_IsKeptChangedAndThrownAway()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid run = (await shared.CompletedRunsAsync(1, Cancel))[0];
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);

        await page.GotoAsync($"/runs/{run}");
        await OpenMenuAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Clone to a draft" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Draft");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("an idea");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep the changes" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Kept as a draft");
        await PageCheck.RunAsync(page, "draft");

        await page.GotoAsync("/runs");
        await page.GetByRole(AriaRole.Link, new() { Name = "an idea" }).ClickAsync();
        await Expect(page.GetByTestId("run-state")).ToContainTextAsync("draft");
        await PageCheck.RunAsync(page, "run-draft");
        await OpenMenuAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.GetByTestId("in-bin")).ToContainTextAsync($"put there by {Environment.UserName}");
        await page.GotoAsync("/runs");
        await Expect(page.GetByLabel("Filter runs")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "an idea" })).ToHaveCountAsync(0);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Api_ForksAndRefusesInWords()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid run = (await shared.CompletedRunsAsync(1, Cancel))[0];

        Assert.Contains("; it has best, last.", await PostAsync("fork", """{ "checkpoint": "epoch-9" }""", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("epochs are counted from the parent", await PostAsync("fork", "{}", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("of another model", await PostAsync("fork", """{ "spec": { "training": { "epochs": 9 }, "model": { "sequence": { "hidden": 8 } } } }""", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("There is no field", await PostAsync("fork", """{ "step": 3 }""", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("give 3 or more", await PostAsync("continue", """{ "epochs": 2 }""", HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Contains("is needed", await PostAsync("continue", "{}", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        using (HttpResponseMessage none = await lab.Api.Http.GetAsync($"runs/{run}/reproduction", Cancel))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using (HttpResponseMessage kept = await lab.Api.Http.DeleteAsync($"runs/{run}?permanently=true", Cancel))
            Assert.Equal(HttpStatusCode.Conflict, kept.StatusCode);

        string created = await PostAsync("fork", """{ "name": "api fork", "checkpoint": "best", "spec": { "training": { "epochs": 3 } } }""", HttpStatusCode.Created);
        JsonNode fork = await lab.Api.WaitForStateAsync(JsonNode.Parse(created)!["id"]!.GetValue<Guid>(), Limit, Cancel, "completed");
        Assert.Equal(("fork", run), (fork["parent"]!["relation"]!.GetValue<string>(), fork["parent"]!["id"]!.GetValue<Guid>()));

        async Task<string> PostAsync(string what, string body, HttpStatusCode expected)
        {
            using HttpResponseMessage answer = await lab.Api.PostAsync($"runs/{run}/{what}", JsonNode.Parse(body), Cancel);
            string text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(answer.StatusCode == expected, $"{what} {body}: {answer.StatusCode} {text}");
            return text;
        }
    }

    private static async Task OpenMenuAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Expect(page.GetByText("Clone to a draft")).ToBeVisibleAsync();
    }
}
