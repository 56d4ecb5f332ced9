using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>From files on the person's own computer to a data set, by the browser.</summary>
public sealed class ImportPageTests(Lab shared, Browser browser) : IDisposable
{
    private readonly string _folder = TestPaths.NewFolder("computer");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Archive_IsSentLookedAtAndImported()
    {
        string archive = Path.Combine(_folder, "garments-zip.zip");
        ZipFile.CreateFromDirectory(CopySample(clipsPerClass: 2), archive, CompressionLevel.NoCompression, includeBaseDirectory: true);
        LabProcess lab = await shared.GetAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/data/import");
        await page.GetByLabel("Files to upload").SetInputFilesAsync(archive);

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What is understood" })).ToContainTextAsync("folder-per-class");
        await Expect(page.GetByLabel("Name of the data set")).ToHaveValueAsync("garments-zip");
        await PageCheck.RunAsync(page, "import-preview");
        await ImportAsync(page);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "garments-zip", Exact = true })).ToBeVisibleAsync();
        await Expect(page.Locator("clip-player").First).ToHaveAttributeAsync("data-loaded", "true");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Folder_ThatWasInterrupted_GoesOnAfterAReload()
    {
        string source = CopySample(clipsPerClass: 2);
        await File.WriteAllBytesAsync(Path.Combine(source, "train", "grows", "large.avi"), new byte[20 << 20], Cancel);
        IPage page = await browser.NewPageAsync(await shared.GetAsync(Cancel));
        int sent = 0;
        await page.RouteAsync("**/api/v1/uploads/*/files/**", async route =>
        {
            // The second piece never comes through until the page was loaded anew.
            if (Interlocked.Increment(ref sent) > 1)
                await route.AbortAsync();
            else
                await route.ContinueAsync();
        });
        await page.GotoAsync("/data/import");
        await page.GetByLabel("Folder to upload").SetInputFilesAsync(source);
        await Expect(page.Locator("upload-panel")).ToContainTextAsync("Trying again");
        await PageCheck.RunAsync(page, "import-waiting");
        // Left first: the next try, once it came through, could send everything before the page is gone.
        await page.GotoAsync("about:blank");
        await page.UnrouteAllAsync();

        await page.GotoAsync("/data/import");
        string first = await UnfinishedAsync();
        await page.GetByLabel("Folder to upload").SetInputFilesAsync(source);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What is understood" })).ToContainTextAsync("folder-per-class");
        Assert.Contains(first, page.Url, StringComparison.Ordinal);
        await page.GetByLabel("Name of the data set").FillAsync("resumed");
        await ImportAsync(page);
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "large.avi" })).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task ServerFolder_IsFoundByLookingAround()
    {
        Directory.Move(CopySample(clipsPerClass: 1), Path.Combine(shared.ImportRoot, "looked-at"));
        IPage page = await browser.NewPageAsync(await shared.GetAsync(Cancel));
        await page.GotoAsync("/data/import");
        await page.GetByRole(AriaRole.Link, new() { Name = "From a folder on the server" }).ClickAsync();
        ILocator folders = page.GetByRole(AriaRole.Group, new() { Name = "Folders of the server" });
        await folders.GetByRole(AriaRole.Button, new() { Name = shared.ImportRoot }).ClickAsync();
        await folders.GetByRole(AriaRole.Button, new() { Name = "looked-at/" }).ClickAsync();
        await Expect(page.GetByLabel("Folder, list or archive on the server")).ToHaveValueAsync(Path.Combine(shared.ImportRoot, "looked-at"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Look at it" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What is understood" })).ToContainTextAsync("grows");
        await Expect(page.GetByLabel("Name of the data set")).ToHaveValueAsync("looked-at");
        await page.Context.CloseAsync();
    }

    private static async Task ImportAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "See the clips" }).ClickAsync(new() { Timeout = 120_000 });
    }

    /// <summary>Id of the upload that is kept.</summary>
    private async Task<string> UnfinishedAsync()
    {
        string[] folders = Directory.GetDirectories(Path.Combine(shared.DataFolder, "uploads"));
        foreach (string folder in folders)
        {
            JsonNode upload = await (await shared.GetAsync(Cancel)).Api.GetAsync($"uploads/{Path.GetFileName(folder)}", Cancel);
            if (upload["state"]!.GetValue<string>() == "receiving")
                return upload["id"]!.GetValue<string>();
        }

        throw new InvalidOperationException($"None of {folders.Length} uploads is unfinished.");
    }

    private string CopySample(int clipsPerClass)
    {
        string sample = Path.Combine(TestPaths.RepositoryRoot, "samples", "moving-garments");
        string target = Path.Combine(_folder, "garments");
        foreach (string folder in Directory.EnumerateDirectories(sample, "*", SearchOption.AllDirectories))
        {
            foreach (string clip in Directory.EnumerateFiles(folder, "*.avi").Order(StringComparer.Ordinal).Take(clipsPerClass))
            {
                string copy = Path.Combine(target, Path.GetRelativePath(sample, clip));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(clip, copy);
            }
        }

        return target;
    }
}
