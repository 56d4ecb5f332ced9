using System.Net;
using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>From a leaking import to a clean version, and a launch with and without consent.</summary>
public sealed class VersionTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leak_IsShownRefusedAcceptedAndEditedAway()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        Guid id = await ImportAsync(lab, "leaky-motions");
        IPage page = await browser.NewPageAsync(lab);

        // Launching without a word is refused, with consent it is not.
        JsonObject spec = Lab.SmallSpec(epochs: 1);
        spec["data"]!["dataset"] = "leaky-motions";
        using HttpResponseMessage refused = await lab.Api.PostAsync("runs", new JsonObject { ["name"] = "no", ["spec"] = spec.DeepClone() }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("data.allowLeaks", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        await page.GotoAsync("/runs/new");
        await page.GetByLabel("Data set", new() { Exact = true }).SelectOptionAsync("leaky-motions");
        ILocator decision = page.GetByTestId("leak-decision");
        await Expect(decision).ToContainTextAsync("1 pair of look-alikes is spread over two splits");
        await ShootAsync(page, "leak-decision");
        await decision.GetByRole(AriaRole.Checkbox).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "YAML" }).ClickAsync();
        await Expect(page.GetByLabel("Specification", new() { Exact = true })).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("allowLeaks: true"));
        spec["data"]!["allowLeaks"] = true;
        Guid run = await lab.Api.CreateRunAsync("accepted", spec, Cancel);
        await page.GotoAsync($"/runs/{run}");
        await Expect(page.GetByTestId("run-leaks")).ToContainTextAsync("1 pair of look-alikes is spread over two splits (accepted)");

        // The pair is dropped by keyboard, a class renamed, and one of the edits taken back and made again.
        await page.GotoAsync($"/data/{id}/edit");
        ILocator drop = page.GetByTestId("pair").GetByRole(AriaRole.Button, new() { Name = "Drop from train" });
        await drop.FocusAsync();
        await ShootAsync(page, "edit-leaking");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("guard")).ToContainTextAsync("The leak guard is content");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo edit 1" }).ClickAsync();
        await Expect(page.GetByTestId("guard")).ToContainTextAsync("The leak guard objects");
        await drop.ClickAsync();
        await page.GetByLabel("Choose one", new() { Exact = true }).CheckAsync();
        await Expect(page.GetByLabel("New name")).ToHaveValueAsync("one");
        await page.GetByLabel("New name").FillAsync("two");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("there is a class of that name");
        await page.GetByLabel("New name").FillAsync("first");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(page.GetByTestId("pending").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await ShootAsync(page, "edit-pending");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make version 2" }).ClickAsync();
        await Expect(page.GetByTestId("made")).ToContainTextAsync("The class \"one\" is called \"first\".");

        await page.GetByRole(AriaRole.Link, new() { Name = "See what changed" }).ClickAsync();
        await Expect(page.GetByTestId("diff")).ToContainTextAsync("1 sample dropped");
        await Expect(page.GetByTestId("older-runs")).ToContainTextAsync("1 run used an older version than 2");
        await ShootAsync(page, "versions");
        await page.GotoAsync($"/runs/{run}");
        await Expect(page.GetByTestId("run-version")).ToContainTextAsync("version 1 of its data set; version 2 is the newest");
        await page.GotoAsync("/runs/new");
        await page.GetByLabel("Data set", new() { Exact = true }).SelectOptionAsync("leaky-motions");
        await Expect(decision).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Api_EditsListsAndCompares()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        Guid id = await ImportAsync(lab, "api-motions");
        Guid first = (await lab.Api.ItemsAsync($"datasets/{id}/versions", Cancel))[0]!["id"]!.GetValue<Guid>();

        using HttpResponseMessage unknown = await lab.Api.PostAsync($"datasets/versions/{first}/edits", JsonNode.Parse("""{ "edits": [{ "edit": "paint", "colour": "red" }] }"""), Cancel);
        using HttpResponseMessage half = await lab.Api.PostAsync($"datasets/versions/{first}/edits", JsonNode.Parse("""{ "edits": [{ "edit": "rename-class", "from": "one" }] }"""), Cancel);
        using HttpResponseMessage refused = await lab.Api.PostAsync($"datasets/versions/{first}/edits", JsonNode.Parse("""{ "edits": [{ "edit": "rename-class", "from": "three", "to": "four" }] }"""), Cancel);
        using HttpResponseMessage made = await lab.Api.PostAsync($"datasets/versions/{first}/edits", JsonNode.Parse("""{ "edits": [{ "from": "one", "to": "uno", "edit": "rename-class" }, { "edit": "resplit", "validationShare": 0.4, "testShare": 0, "seed": 5 }] }"""), Cancel);

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.Created], new[] { unknown, half, refused, made }.Select(a => a.StatusCode));
        Assert.Contains("edits[0]", await unknown.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains("There is no class", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        JsonArray versions = await lab.Api.ItemsAsync($"datasets/{id}/versions", Cancel);
        Assert.Equal((2, 1), (versions[0]!["number"]!.GetValue<int>(), versions[0]!["parent"]!.GetValue<int>()));
        Guid second = versions[0]!["id"]!.GetValue<Guid>();
        Assert.Equal("uno", (await lab.Api.GetAsync($"datasets/versions/{second}/diff?from={first}", Cancel))["classesRenamed"]![0]!["to"]!.GetValue<string>());
        Assert.NotNull((await lab.Api.GetAsync($"datasets/versions/{second}/leaks", Cancel))["pairCount"]);
        using HttpResponseMessage preview = await lab.Api.Http.GetAsync($"datasets/versions/{second}/samples/0/preview", Cancel);
        Assert.Equal(HttpStatusCode.OK, preview.StatusCode);
    }

    /// <summary>Two classes of real clips in given splits; one clip lies in training and in validation.</summary>
    private async Task<Guid> ImportAsync(LabProcess lab, string name)
    {
        string folder = Path.Combine(shared.ImportRoot, name), samples = Path.Combine(TestPaths.RepositoryRoot, "samples", "moving-garments", "train");
        string[] motions = [Path.Combine(samples, "grows"), Path.Combine(samples, "slides-left")];
        for (int c = 0; c < motions.Length; c++)
        {
            string[] clips = [.. Directory.EnumerateFiles(motions[c], "*.avi").Order().Take(6)];
            for (int i = 0; i < clips.Length; i++)
                Copy(clips[i], Path.Combine(folder, i < 4 ? "train" : "validation", c == 0 ? "one" : "two", Path.GetFileName(clips[i])));
            if (c == 0)
                Copy(clips[0], Path.Combine(folder, "validation", "one", "again.avi"));
        }

        using HttpResponseMessage answer = await lab.Api.PostAsync("datasets/import", new JsonObject { ["path"] = folder, ["name"] = name }, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await LabApi.WaitAsync(
            async () => (await lab.Api.ItemsAsync("datasets", Cancel)).FirstOrDefault(d => d!["name"]!.GetValue<string>() == name), TimeSpan.FromMinutes(3), $"the data set {name}", Cancel))["id"]!.GetValue<Guid>();
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    /// <summary>Pictures of the page in all looks, where somebody asks for them.</summary>
    private static async Task ShootAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("LRCNLAB_SCREENSHOTS") is not { Length: > 0 } folder)
            return;
        foreach ((int width, ColorScheme scheme) in ((int, ColorScheme)[])[(390, ColorScheme.Dark), (390, ColorScheme.Light), (1440, ColorScheme.Dark), (1440, ColorScheme.Light)])
        {
            await page.SetViewportSizeAsync(width, width < 600 ? 844 : 900);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}-{scheme}.png"), FullPage = true });
        }
    }
}
