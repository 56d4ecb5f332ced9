using System.IO.Compression;
using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>What leaves the installation as a file, and what comes in as one.</summary>
public sealed class TransferPageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Project_IsExportedAndImported()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        await shared.CompletedRunsAsync(1, Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/settings/projects");

        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Export Default" }).ClickAsync());
        Assert.Equal("project-Default.zip", download.SuggestedFilename);
        string file = await download.PathAsync();
        using (ZipArchive zip = ZipFile.OpenRead(file))
            Assert.NotNull(zip.GetEntry("project.json"));

        await page.GetByLabel("File: Import a project").SetInputFilesAsync(file);
        await Expect(page.Locator("file-post").GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex(@"^Default: 0 runs came, \d+ were here already\.$"), new() { Timeout = 60_000 });
        await PageCheck.RunAsync(page, "projects-imported");
        string text = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7()}.zip");
        await File.WriteAllTextAsync(text, "no zip", Cancel);
        await page.GetByLabel("File: Import a project").SetInputFilesAsync(text);
        await Expect(page.Locator("file-post").GetByRole(AriaRole.Alert)).ToContainTextAsync("The file cannot be read as an exported project");
        File.Delete(text);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task TensorBoardFile_BecomesCurvesOfARun()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        IReadOnlyList<Guid> runs = await shared.CompletedRunsAsync(2, Cancel);
        (Guid from, Guid run) = (runs[0], runs[1]);
        using (var points = new StringContent("""{ "series": [ { "key": "mine/score", "steps": [1, 2, 3], "values": [0.5, 0.25, 4] } ] }""", System.Text.Encoding.UTF8, "application/json"))
            (await lab.Api.Http.PostAsync($"runs/{from}/metrics", points, Cancel)).EnsureSuccessStatusCode();
        byte[] file = await lab.Api.Http.GetByteArrayAsync($"runs/{from}/metrics/export?format=tensorboard&key=mine/score", Cancel);
        string path = Path.Combine(Path.GetTempPath(), $"events.out.tfevents.{Guid.CreateVersion7()}");
        await File.WriteAllBytesAsync(path, file, Cancel);
        IPage page = await browser.NewPageAsync(lab);
        await page.GotoAsync($"/runs/{run}");

        await page.GetByLabel("File: Add points of a TensorBoard event file").SetInputFilesAsync(path);
        await Expect(page.Locator("file-post").GetByRole(AriaRole.Status)).ToHaveTextAsync("3 points are stored.", new() { Timeout = 30_000 });
        await Expect(page.GetByRole(AriaRole.Figure, new() { Name = "Score" })).ToBeVisibleAsync();
        Assert.Equal([0.5, 0.25, 4.0], (await lab.Api.ItemsAsync($"runs/{run}/metrics?key=mine/score", Cancel))[0]!["values"]!.AsArray().Select(v => v!.GetValue<double>()));
        await PageCheck.RunAsync(page, "run-with-imported-curve");
        file[^5] ^= 1;
        await File.WriteAllBytesAsync(path, file, Cancel);
        await page.GetByLabel("File: Add points of a TensorBoard event file").SetInputFilesAsync(path);
        await Expect(page.Locator("file-post").GetByRole(AriaRole.Alert)).ToContainTextAsync("of the event file is damaged");
        File.Delete(path);
        await page.Context.CloseAsync();
    }
}
