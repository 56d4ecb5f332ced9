using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>A newcomer's way from the first start to a trained, compared and downloaded network, in a browser.</summary>
public sealed partial class MainJobTests(Browser browser)
{
    private static readonly LocatorAssertionsToHaveTextOptions WhileTraining = new() { Timeout = 600_000 };
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 180_000 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Newcomer_FromFirstStart_TrainsComparesDownloadsAndFindsItAgain()
    {
        string data = TestPaths.NewFolder("newcomer");
        LabProcess lab = await LabProcess.StartAsync(data, Cancel);
        try
        {
            IPage page = await browser.NewPageAsync(lab);
            var watch = new PageWatch(page, lab.Address);

            await SampleAppearsAndPlaysAsync(page);
            Guid first = await LaunchFromQuickStartAsync(page, watch);
            await ResultsAreThereAsync(page, lab, first);
            await DownloadsAreWhatTheHashesSayAsync(page, lab, first);
            Guid second = await LaunchACopyAsync(page, first);
            await CompareShowsWhatDiffersAsync(page, first, second);
            watch.AssertNoFaults();

            JsonNode before = await SnapshotAsync(lab, first, second);
            int exitCode = await lab.StopAsync(Cancel);
            Assert.True(exitCode == 0, $"Exit code {exitCode}:\n{lab.Output}");
            await page.Context.CloseAsync();
            await lab.DisposeAsync();
            lab = await LabProcess.StartAsync(data, Cancel);

            JsonNode after = await SnapshotAsync(lab, first, second);
            Assert.Equal(before.ToJsonString(), after.ToJsonString());
            page = await browser.NewPageAsync(lab);
            await page.GotoAsync($"/runs/{first}");
            await Expect(State(page)).ToHaveTextAsync("completed");
            await Expect(Note(page, "Loss")).ToHaveTextAsync(PointsText());
            await page.Context.CloseAsync();
        }
        finally
        {
            await lab.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Without a reload: the start page says what to do, the sample arrives, its clips move.</summary>
    private static async Task SampleAppearsAndPlaysAsync(IPage page)
    {
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Three steps to a trained network" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "See the clips" })).ToBeVisibleAsync(Soon);
        await page.GetByRole(AriaRole.Link, new() { Name = "See the clips" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "moving-garments", Exact = true })).ToBeVisibleAsync();
        await Expect(Fact(page, "Classes")).ToHaveTextAsync("8");
        foreach (string split in new[] { "Training", "Validation" })
            await Expect(Fact(page, split)).ToHaveTextAsync(AboveZero());

        ILocator clip = page.Locator("clip-player").First;
        await Expect(clip).ToHaveAttributeAsync("data-loaded", "true");
        await clip.FocusAsync();
        await Expect(clip).ToHaveAttributeAsync("data-playing", "true");
        string still = await PictureAsync(clip);
        await page.WaitForFunctionAsync("([element, still]) => element.querySelector('canvas').toDataURL() !== still", new object[] { (await clip.ElementHandleAsync())!, still });
    }

    private static async Task<Guid> LaunchFromQuickStartAsync(IPage page, PageWatch watch)
    {
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Home", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New run from quick start" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Quick start" })).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("first");
        await FillAsync(page, "Training", "Epochs", "3");
        await FillAsync(page, "Data", "Clip length", "6");
        await FillAsync(page, "Data", "Frame width", "32");
        await FillAsync(page, "Data", "Frame height", "32");
        int loads = watch.Loads;
        await LaunchAsync(page);
        Guid run = Guid.Parse(page.Url.Split('/')[^1]);

        // The chart's own count of points rises while the page stays as it is.
        ILocator note = Note(page, "Loss");
        await Expect(note).ToHaveTextAsync(PointsText(), WhileTraining);
        int points = Points(await note.TextContentAsync());
        await page.WaitForFunctionAsync(
            "([note, points]) => parseInt(note.textContent.replace(',', '')) > points", new object[] { (await note.ElementHandleAsync())!, points }, new PageWaitForFunctionOptions { Timeout = 300_000 });
        await Expect(State(page)).ToHaveTextAsync("completed", WhileTraining);
        await Expect(note).ToHaveTextAsync(PointsText());
        Assert.True(Points(await note.TextContentAsync()) > points);
        Assert.Equal(loads, watch.Loads);
        await Expect(page.GetByTestId("resume-check")).ToHaveTextAsync("✓ resume verified");
        await Expect(page.Locator("figure canvas").First).ToBeVisibleAsync();
        return run;
    }

    private static async Task ResultsAreThereAsync(IPage page, LabProcess lab, Guid run)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Results" }).ClickAsync();
        ILocator matrix = page.GetByRole(AriaRole.Table, new() { NameRegex = ConfusionMatrix() });
        await Expect(matrix.GetByRole(AriaRole.Rowheader)).ToHaveCountAsync(8);
        ILocator epoch = page.GetByRole(AriaRole.Slider, new() { Name = "Epoch" });
        await Expect(epoch).ToHaveAttributeAsync("max", "2");
        await epoch.FillAsync("0");
        await Expect(page.GetByText("validation, epoch 1:")).ToBeVisibleAsync();

        JsonArray matrices = await lab.Api.ItemsAsync($"runs/{run}/confusion-matrices", Cancel);
        JsonNode dataset = (await lab.Api.ItemsAsync("datasets", Cancel))[0]!;
        int validation = dataset["splits"]!["validation"]!.GetValue<int>();
        JsonNode[] ofValidation = [.. matrices.Where(m => m!["split"]!.GetValue<string>() == "validation").Select(m => m!)];
        Assert.Equal([1, 2, 3], ofValidation.Select(m => m["epoch"]!.GetValue<int>()).Order());
        Assert.All(ofValidation, m => Assert.Equal(validation, m["counts"]!.AsArray().Sum(row => row!.AsArray().Sum(c => c!.GetValue<int>()))));

        await page.GetByRole(AriaRole.Link, new() { Name = "Log" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Log, new() { Name = "Log" }).Locator("div").First).ToBeVisibleAsync();
    }

    private static async Task DownloadsAreWhatTheHashesSayAsync(IPage page, LabProcess lab, Guid run)
    {
        await page.GetByRole(AriaRole.Link, new() { NameRegex = Checkpoints() }).ClickAsync();
        JsonNode best = (await lab.Api.ItemsAsync($"runs/{run}/checkpoints", Cancel)).Single(c => c!["kind"]!.GetValue<string>() == "best")!;
        ILocator row = page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByRole(AriaRole.Cell, new() { Name = "best", Exact = true }) });
        await Expect(row.GetByTitle(best["sha256"]!.GetValue<string>())).ToBeVisibleAsync();

        byte[] weights = await DownloadAsync(page, row.GetByRole(AriaRole.Link, new() { Name = "safetensors" }), ".safetensors");
        Assert.Equal(best["weightsSha256"]!.GetValue<string>(), Convert.ToHexStringLower(SHA256.HashData(weights)));
        JsonNode header = JsonNode.Parse(weights.AsSpan(8, BitConverter.ToInt32(weights)))!;
        Assert.Equal([16, 1, 5, 5], header["conv1.weight"]!["shape"]!.AsArray().Select(n => n!.GetValue<int>()));
        Assert.Equal(4 * 128, header["lstm.weight_ih_l0"]!["shape"]![0]!.GetValue<int>());

        byte[] archive = await DownloadAsync(page, row.GetByRole(AriaRole.Link, new() { Name = "archive" }), ".zip");
        Assert.Equal(best["sha256"]!.GetValue<string>(), Convert.ToHexStringLower(SHA256.HashData(archive)));
        Assert.Equal(best["bytes"]!.GetValue<long>(), archive.Length);
        using var zip = new ZipArchive(new MemoryStream(archive));
        Assert.Equal("weights.safetensors", zip.Entries[0].FullName);
        Assert.Superset(new HashSet<string> { "spec.json", "classes.json", "state.json", "training-state.safetensors", "SHA256SUMS" }, zip.Entries.Select(e => e.FullName).ToHashSet());
    }

    private static async Task<Guid> LaunchACopyAsync(IPage page, Guid first)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Copy to new run" }).ClickAsync();
        await Expect(page.GetByText("Settings copied from run")).ToBeVisibleAsync();
        await FillAsync(page, "Model", "Hidden units", "48");
        await FillAsync(page, "Training", "Epochs", "1");
        await LaunchAsync(page);
        var second = Guid.Parse(page.Url.Split('/')[^1]);
        Assert.NotEqual(first, second);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "first-2" })).ToBeVisibleAsync();
        await Expect(State(page)).ToHaveTextAsync("completed", WhileTraining);
        return second;
    }

    private static async Task CompareShowsWhatDiffersAsync(IPage page, Guid first, Guid second)
    {
        await page.GotoAsync("/runs");
        await page.GetByLabel("Choose first", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("Choose first-2", new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Compare" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex($@"/compare\?runs=(?=.*{first})(?=.*{second})"));
        ILocator results = page.GetByRole(AriaRole.Region, new() { Name = "Results" });
        await Expect(results.GetByRole(AriaRole.Link, new() { Name = "first", Exact = true })).ToBeVisibleAsync();
        await Expect(results.GetByRole(AriaRole.Link, new() { Name = "first-2", Exact = true })).ToBeVisibleAsync();
        await page.GetByLabel("Also at epoch").FillAsync("1");
        await page.GetByLabel("Also at epoch").PressAsync("Enter");
        await Expect(results.GetByRole(AriaRole.Columnheader, new() { Name = "epoch 1" }).First).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex("epoch=1"));
        IDownload saved = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV of the results" }).ClickAsync());
        Assert.Equal(3, (await File.ReadAllLinesAsync(await saved.PathAsync(), Cancel)).Length);

        // Both runs are curves of one picture.
        ILocator chart = page.GetByRole(AriaRole.Figure, new() { Name = "validation/loss" });
        await Expect(chart.Locator(".u-legend .u-label").Filter(new() { HasText = "first" })).ToHaveCountAsync(2);

        await page.GetByRole(AriaRole.Link, new() { Name = "Differing settings" }).ClickAsync();
        saved = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV of the settings" }).ClickAsync());
        Assert.Contains("training.epochs", (await File.ReadAllLinesAsync(await saved.PathAsync(), Cancel))[0], StringComparison.Ordinal);
        ILocator settings = page.GetByRole(AriaRole.Region, new() { Name = "Differing settings" });
        await Expect(settings.GetByRole(AriaRole.Cell, new() { Name = "model.sequence.hidden", Exact = true })).ToBeVisibleAsync();
        await Expect(settings.GetByRole(AriaRole.Cell, new() { Name = "training.epochs", Exact = true })).ToBeVisibleAsync();
        await Expect(settings.GetByRole(AriaRole.Cell, new() { Name = "training.seed", Exact = true })).ToHaveCountAsync(0);
    }

    /// <summary>All that the API says of two runs, without what changes by itself.</summary>
    private static async Task<JsonNode> SnapshotAsync(LabProcess lab, params Guid[] runs)
    {
        var all = new JsonObject();
        foreach (Guid run in runs)
        {
            foreach (string part in new[] { "", "/metrics", "/confusion-matrices", "/checkpoints", "/log" })
                all[$"{run}{part}"] = await lab.Api.GetAsync($"runs/{run}{part}", Cancel);
        }

        all["datasets"] = await lab.Api.GetAsync("datasets", Cancel);
        return all;
    }

    private static async Task FillAsync(IPage page, string section, string label, string value) =>
        await page.GetByRole(AriaRole.Region, new() { Name = section, Exact = true }).GetByLabel(label).First.FillAsync(value);

    private static async Task LaunchAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Launch" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(RunAddress());
    }

    private static async Task<byte[]> DownloadAsync(IPage page, ILocator link, string ending)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.EndsWith(ending, download.SuggestedFilename, StringComparison.Ordinal);
        return await File.ReadAllBytesAsync(await download.PathAsync(), Cancel);
    }

    private static ILocator State(IPage page) => page.GetByTestId("run-state");

    private static ILocator Fact(IPage page, string name) => page.Locator("dl.facts > div").Filter(new() { Has = page.Locator("dt", new() { HasText = name }) }).Locator("dd:not(.note)");

    private static ILocator Note(IPage page, string chart) => page.GetByRole(AriaRole.Figure, new() { Name = chart, Exact = true }).Locator("[data-chart-note]");

    private static async Task<string> PictureAsync(ILocator clip) => await clip.Locator("canvas").EvaluateAsync<string>("canvas => canvas.toDataURL()");

    private static int Points(string? note) => int.Parse(PointsText().Match(note ?? "").Groups[1].Value.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([\d,]+) points")]
    private static partial Regex PointsText();

    [GeneratedRegex("^[1-9]")]
    private static partial Regex AboveZero();

    [GeneratedRegex("^Confusion matrix")]
    private static partial Regex ConfusionMatrix();

    [GeneratedRegex("^Checkpoints")]
    private static partial Regex Checkpoints();

    [GeneratedRegex("/runs/[0-9a-f-]{36}$")]
    private static partial Regex RunAddress();
}
