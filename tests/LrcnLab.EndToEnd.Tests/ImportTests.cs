using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Own videos, good and bad, through the page.</summary>
public sealed class ImportTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Folder_WithABrokenVideoAndAnEmptyClass_IsImportedAndSaysWhatWasLeftOut()
    {
        string folder = Path.Combine(shared.ImportRoot, "motions");
        string[] clips = [.. Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "samples"), "*.avi", SearchOption.AllDirectories).Order().Take(6)];
        Assert.Equal(6, clips.Length);
        for (int i = 0; i < clips.Length; i++)
            Copy(clips[i], Path.Combine(folder, i < 3 ? "one" : "two", $"{i}.avi"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "one", "broken.avi"), [1, 2, 3], Cancel);
        Directory.CreateDirectory(Path.Combine(folder, "empty"));

        IPage page = await browser.NewPageAsync(await shared.GetAsync(Cancel));
        await LookAtAsync(page, folder);
        await page.GetByLabel("Name of the data set").FillAsync("own-motions");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Status).GetByRole(AriaRole.Link, new() { Name = "See the clips" }).ClickAsync(new() { Timeout = 120_000 });

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "own-motions", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "broken.avi" })).ToBeVisibleAsync();
        await Expect(page.GetByText("empty").First).ToBeVisibleAsync();
        await Expect(page.Locator("clip-player").First).ToHaveAttributeAsync("data-loaded", "true");
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("/", null)]
    [InlineData("/etc", null)]
    [InlineData("no/such/folder", "no absolute path")]
    public async Task Folder_OutsideTheAllowedOnes_IsRefusedWithWhatIsAllowed(string folder, string? expected)
    {
        IPage page = await browser.NewPageAsync(await shared.GetAsync(Cancel));
        await LookAtAsync(page, folder);

        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync(expected ?? shared.ImportRoot);
        await page.Context.CloseAsync();
    }

    private static async Task LookAtAsync(IPage page, string folder)
    {
        await page.GotoAsync("/data/import?from=server");
        await page.GetByLabel("Folder, list or archive on the server").FillAsync(folder);
        await page.GetByRole(AriaRole.Button, new() { Name = "Look at it" }).ClickAsync();
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }
}
