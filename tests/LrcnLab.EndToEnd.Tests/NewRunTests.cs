using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>The form: what a change does at once, and what it refuses.</summary>
public sealed class NewRunTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Summary_FollowsEachChange()
    {
        IPage page = await OpenAsync();
        await Choose(page, "LRCN (Keras post)").ClickAsync();
        ILocator layer = page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByRole(AriaRole.Cell, new() { Name = "lstm", Exact = true }) });
        await Expect(layer).ToContainTextAsync("3,149,824");

        await Field(page, "Model", "Hidden units").FillAsync("256");
        await Expect(layer).ToContainTextAsync("1,312,768");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task WrongValue_IsNamedWithWhatIsAllowedAndCannotBeLaunched()
    {
        IPage page = await OpenAsync();
        ILocator launch = page.GetByRole(AriaRole.Button, new() { Name = "Launch" });
        await Expect(launch).ToBeEnabledAsync();
        await Field(page, "Training", "Epochs").FillAsync("0");
        await Field(page, "Data", "Clip length").FillAsync("many");

        await Expect(launch).ToBeDisabledAsync();
        ILocator notice = page.GetByRole(AriaRole.Region, new() { Name = "Launch" }).GetByRole(AriaRole.Alert);
        await Expect(notice).ToContainTextAsync("training.epochs");
        await Expect(notice).ToContainTextAsync("from 1 to 100000");
        await Expect(notice).ToContainTextAsync("data.clipLength");
        await Expect(Field(page, "Training", "Epochs")).ToHaveAttributeAsync("aria-invalid", "true");

        await Field(page, "Training", "Epochs").FillAsync("3");
        await Field(page, "Data", "Clip length").FillAsync("8");
        await Expect(launch).ToBeEnabledAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Text_AndForm_FollowEachOther()
    {
        IPage page = await OpenAsync();
        await Field(page, "Training", "Epochs").FillAsync("7");
        await page.GetByRole(AriaRole.Button, new() { Name = "YAML" }).ClickAsync();
        ILocator text = page.GetByLabel("Specification", new() { Exact = true });
        string yaml = await text.InputValueAsync();
        Assert.Contains("epochs: 7", yaml, StringComparison.Ordinal);

        await text.FillAsync(yaml.Replace("epochs: 7", "epochs: 9", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Form" }).ClickAsync();
        await Expect(Field(page, "Training", "Epochs")).ToHaveValueAsync("9");

        await page.GetByRole(AriaRole.Button, new() { Name = "YAML" }).ClickAsync();
        await text.FillAsync("training: { epochs: [");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Launch" }).GetByRole(AriaRole.Alert)).ToContainTextAsync("not valid YAML");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Launch" })).ToBeDisabledAsync();

        // The address holds what was chosen: the preset, and how it is shown.
        await page.GotoAsync("/runs/new?as=json");
        await page.GetByRole(AriaRole.Button, new() { Name = "LRCN (Keras post)" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("preset=keras-post"));
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "LRCN (Keras post)" })).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(text).ToHaveValueAsync(new Regex("^\\s*{"));
        await page.Context.CloseAsync();
    }

    /// <summary>A real first phase, whose weights a real second one begins with.</summary>
    [Fact]
    public async Task TwoPhases_AreLaunchedAsOne()
    {
        Guid small = (await shared.CompletedRunsAsync(1, Cancel))[0];
        LabProcess lab = await shared.GetAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        await page.GotoAsync($"/runs/new?from={small}");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("phased");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Baselines" }).CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Two phases" }).CheckAsync();
        await page.GetByLabel("Epochs of the first phase").FillAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Launch both phases" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("phased, single frames");
        var first = Guid.Parse(page.Url.Split('/')[^1].Split('?')[0]);
        Guid second = (await lab.Api.GetAsync($"runs/{first}", Cancel))["children"]!.AsArray().Single()!["id"]!.GetValue<Guid>();
        await page.GotoAsync($"/runs/{second}");
        await lab.Api.WaitForStateAsync(second, TimeSpan.FromMinutes(3), Cancel, "completed");

        await Expect(page.GetByText("mean of features, test")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "phased, single frames" }).First).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task EveryField_HasALabelAndHelp()
    {
        IPage page = await OpenAsync();
        await page.GetByLabel("Show every setting").CheckAsync();
        await Expect(page.GetByLabel("Frame interval").First).ToBeVisibleAsync();
        ILocator inputs = page.Locator(".field:not(.compact)").Locator("input, select");
        int count = await inputs.CountAsync();

        Assert.InRange(count, 50, 90); // each setting of a run, without the table of layers
        for (int i = 0; i < count; i++)
        {
            await Expect(inputs.Nth(i)).ToHaveAccessibleNameAsync(Something());
            await Expect(inputs.Nth(i)).ToHaveAccessibleDescriptionAsync(Something());
        }

        await page.Context.CloseAsync();
    }

    private async Task<IPage> OpenAsync()
    {
        IPage page = await browser.NewPageAsync(await shared.WithSampleAsync(Cancel));
        await page.GotoAsync("/runs/new?preset=quick-start");
        await Expect(Choose(page, "Quick start")).ToHaveAttributeAsync("aria-pressed", "true");
        return page;
    }

    private static ILocator Choose(IPage page, string preset) => page.GetByRole(AriaRole.Button, new() { Name = preset });

    private static ILocator Field(IPage page, string section, string label) => page.GetByRole(AriaRole.Region, new() { Name = section, Exact = true }).GetByLabel(label).First;

    private static System.Text.RegularExpressions.Regex Something() => new(@"\w{3}");
}
