using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Weights that people bring in, and runs that begin with them or with those of another run.</summary>
public sealed class WeightsPageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Weights_AreBroughtInChosenTrainedFromAndRemoved()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid teacher = (await shared.CompletedRunsAsync(1, Cancel))[0];
        JsonNode best = (await lab.Api.ItemsAsync($"runs/{teacher}/checkpoints", Cancel)).Single(c => c!["kind"]!.GetValue<string>() == "best")!;
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7()}.safetensors");
        await File.WriteAllBytesAsync(file, await lab.Api.Http.GetByteArrayAsync($"checkpoints/{best["id"]}/content", Cancel), Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/settings/weights");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No weights yet" })).ToBeVisibleAsync();

        await page.GetByLabel("Name").FillAsync("taught");
        await page.GetByLabel("File: Bring in weights").SetInputFilesAsync(file);
        await Expect(page.Locator("file-post").GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex(@"^taught: \d+ tensors with [\d,]+ numbers came in, of no known network\.$"));
        await Expect(page.GetByTestId("weights")).ToContainTextAsync("taught");
        await page.GetByLabel("Name").FillAsync("taught");
        await page.GetByLabel("File: Bring in weights").SetInputFilesAsync(file);
        await Expect(page.Locator("file-post").GetByRole(AriaRole.Alert)).ToContainTextAsync("There are weights \"taught\" already");
        await File.WriteAllTextAsync(file, "no weights", Cancel);
        await page.GetByLabel("Name").FillAsync("broken");
        await page.GetByLabel("File: Bring in weights").SetInputFilesAsync(file);
        await Expect(page.Locator("file-post").GetByRole(AriaRole.Alert)).ToContainTextAsync("The file cannot be used");
        await PageCheck.RunAsync(page, "weights-some");

        await page.GotoAsync("/runs/new?from=" + teacher);
        await page.GetByLabel("Initial weights").SelectOptionAsync("taught");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("pupil");
        await page.GetByRole(AriaRole.Button, new() { Name = "Launch" }).ClickAsync();
        await page.WaitForURLAsync(new Regex("/runs/[0-9a-f-]{36}"));
        var pupil = Guid.Parse(Regex.Match(page.Url, "[0-9a-f-]{36}").Value);
        await lab.Api.WaitForStateAsync(pupil, TimeSpan.FromMinutes(5), Cancel, "completed");
        string log = await lab.Api.Http.GetStringAsync($"runs/{pupil}/log?format=text", Cancel);
        Assert.Matches(@"The run starts from the weights of taught, SHA-256 [0-9a-f]{64}\. \d+ weights were taken\.", log);

        await page.GotoAsync("/settings/weights");
        await Expect(page.GetByTestId("weights").Locator("td").Nth(5)).ToHaveTextAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove taught" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep taught" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove taught" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove taught for good" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No weights yet" })).ToBeVisibleAsync();
        File.Delete(file);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Run_BeginsWithTheBestOfAnother_AndRefusesWhatIsNotThere()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid teacher = (await shared.CompletedRunsAsync(1, Cancel))[0];
        JsonObject spec = Lab.SmallSpec(epochs: 1);
        spec["model"]!["weights"] = "nothing-like-it";
        using (HttpResponseMessage refused = await lab.Api.PostAsync("runs", new JsonObject { ["name"] = "pupil", ["spec"] = spec.DeepClone() }, Cancel))
            Assert.Contains("nothing-like-it", JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancel))!["errors"]!["model.weights"]![0]!.GetValue<string>(), StringComparison.Ordinal);

        // Another memory: only what makes the features is taken.
        spec["model"]!["weights"] = teacher.ToString();
        spec["model"]!["sequence"]!["hidden"] = 20;
        Guid pupil = await lab.Api.CreateRunAsync("pupil-of-a-run", spec, Cancel);
        await lab.Api.WaitForStateAsync(pupil, TimeSpan.FromMinutes(5), Cancel, "completed");

        string log = await lab.Api.Http.GetStringAsync($"runs/{pupil}/log?format=text", Cancel);
        Assert.Contains("being of another shape there: lstm.weight_ih_l0", log, StringComparison.Ordinal);
    }
}
