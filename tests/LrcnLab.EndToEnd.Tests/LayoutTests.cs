using System.Diagnostics;
using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Each layout from the browser, as a folder of the person's computer, and from the command line: both must make the same data set.</summary>
public sealed class LayoutTests(Lab shared, Browser browser) : IDisposable
{
    private readonly string _folder = TestPaths.NewFolder("layouts");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Miniature.All.Keys];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Layout_FromBrowserAndCommandLine_IsTheSame(string name)
    {
        Miniature miniature = Miniature.All[name];
        string source = Path.Combine(_folder, name), output = Path.Combine(_folder, "out");
        miniature.Write(source);
        LabProcess lab = await shared.GetAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        await page.GotoAsync("/data/import");
        await page.GetByLabel("Folder to upload").SetInputFilesAsync(source);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What is understood" })).ToContainTextAsync(miniature.Layout);
        await page.GetByLabel("Name of the data set").FillAsync($"layout-{name}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "See the clips" }).ClickAsync();
        await Expect(page.Locator("clip-player").First).ToHaveAttributeAsync("data-loaded", "true");

        JsonNode dataset = (await lab.Api.ItemsAsync("datasets", Cancel)).Single(d => d!["name"]!.GetValue<string>() == $"layout-{name}")!;
        Guid version = (await lab.Api.ItemsAsync($"datasets/{dataset["id"]}/versions", Cancel))[0]!["id"]!.GetValue<Guid>();
        JsonNode sent = Manifest(Path.Combine(shared.DataFolder, "datasets", version.ToString(), "manifest.json"));
        await RunWorkerAsync("import", source, "--output", output);
        JsonNode read = Manifest(Path.Combine(output, "manifest.json"));

        Assert.Equal(miniature.Layout, read["layout"]!.GetValue<string>());
        foreach (string part in (string[])["layout", "classes", "samples", "problems"])
            Assert.True(JsonNode.DeepEquals(read[part], sent[part]), $"{part}: {read[part]}\n{sent[part]}");
        Assert.Empty(read["problems"]!.AsArray());
        Assert.Equal((miniature.Train, miniature.Validation, miniature.Test), (Count("train"), Count("validation"), Count("test")));
        await page.Context.CloseAsync();

        int Count(string split) => dataset["splits"]![split]!.GetValue<int>();
    }

    private static JsonNode Manifest(string path) => JsonNode.Parse(File.ReadAllText(path))!;

    private static async Task RunWorkerAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [TestPaths.WorkerProgram, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Cancel), error = process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, $"{await output}\n{await error}");
    }
}
