using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>Looking at clips, by pointer and by keyboard, as they are and as a model sees them, and putting their labels right.</summary>
public sealed class BrowseTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string? PictureFolder => Environment.GetEnvironmentVariable("LRCNLAB_SCREENSHOTS") is { Length: > 0 } folder ? Path.GetFullPath(folder, TestPaths.RepositoryRoot) : null;

    [Fact]
    public async Task Filters_AreInTheAddressAndNarrowWhatIsShown()
    {
        (IPage page, PageWatch watch, _) = await OpenAsync("");
        int all = await CountAsync(page);

        ILocator picker = page.GetByRole(AriaRole.Combobox, new() { Name = "Class", Exact = true });
        await picker.ClickAsync();
        await picker.PressSequentiallyAsync("grow");
        await picker.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("class="));
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = " of " }).First).ToBeVisibleAsync();
        int grows = await CountAsync(page);
        await page.GetByRole(AriaRole.Group, new() { Name = "Split" }).GetByRole(AriaRole.Button, new() { Name = "validation" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("split=validation"));
        await Expect(page.Locator(".bar strong")).Not.ToContainTextAsync($"{grows} of");
        int validation = await CountAsync(page);

        Assert.True(all > grows && grows > validation && validation > 0, $"{all}, {grows}, {validation}");
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Split" }).GetByRole(AriaRole.Button, new() { Name = "validation" })).ToContainTextAsync(validation.ToString(CultureInfo.InvariantCulture));
        await page.ReloadAsync();
        await Expect(page.Locator(".bar strong")).ToContainTextAsync($"{validation} of");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Keyboard_MovesPlaysOpensAndCloses()
    {
        (IPage page, PageWatch watch, _) = await OpenAsync("");
        ILocator first = page.Locator(".tile").First;

        // Focus goes to the heading once when a page has opened.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
        await first.FocusAsync();
        await Expect(first.Locator("clip-player")).ToHaveAttributeAsync("data-playing", "true");
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.Locator(".tile").Nth(1)).ToBeFocusedAsync();
        await Expect(first.Locator("clip-player")).ToHaveAttributeAsync("data-playing", "false");
        await page.Keyboard.PressAsync("Enter");
        ILocator detail = page.GetByRole(AriaRole.Dialog);
        await Expect(detail.GetByRole(AriaRole.Heading, new() { Name = "Clip 1", Exact = true })).ToBeVisibleAsync();
        await Expect(detail).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(detail.GetByRole(AriaRole.Heading, new() { Name = "Clip 2", Exact = true })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(detail.GetByRole(AriaRole.Heading, new() { Name = "Clip 1", Exact = true })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(detail).ToHaveCountAsync(0);
        await Expect(page.Locator(".tile[data-index='1']")).ToBeFocusedAsync();

        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Clip_FocusedBeforeItsPictureIsThere_PlaysWhenItComes()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        JsonNode dataset = (await lab.Api.ItemsAsync("datasets", Cancel)).First(d => d!["name"]!.GetValue<string>() == "moving-garments")!;
        IPage page = await browser.NewPageAsync(lab);
        var pictures = new TaskCompletionSource();
        await page.RouteAsync("**/preview", async route =>
        {
            await pictures.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync($"/data/{dataset["id"]}/browse");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
        ILocator first = page.Locator(".tile").First, second = page.Locator(".tile").Nth(1);
        await first.FocusAsync();
        await second.FocusAsync();
        pictures.SetResult();

        await Expect(second.Locator("clip-player")).ToHaveAttributeAsync("data-playing", "true");
        await Expect(first.Locator("clip-player")).ToHaveAttributeAsync("data-loaded", "true");
        await Expect(first.Locator("clip-player")).ToHaveAttributeAsync("data-playing", "false");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Labels_ChangedInPlace_MakeANewVersion()
    {
        Guid dataset = await ImportOwnAsync("labels-to-mend", 6);
        (IPage page, PageWatch watch, _) = await OpenAsync("", dataset);

        await page.Locator(".tile").First.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Shift+ArrowRight");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Selected clips" })).ToContainTextAsync("2 selected");
        ILocator relabel = page.GetByRole(AriaRole.Combobox, new() { Name = "Relabel" });
        await relabel.ClickAsync();
        await relabel.PressSequentiallyAsync("tw");
        await relabel.PressAsync("Enter");
        ILocator edits = page.GetByRole(AriaRole.Region, new() { Name = "Changes that are not saved yet" });
        await Expect(edits).ToContainTextAsync("2 relabelled");
        await page.Locator(".tile").Last.ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Drop" }).ClickAsync();
        await Expect(edits).ToContainTextAsync("2 relabelled, 1 dropped");
        await edits.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(edits).Not.ToContainTextAsync("dropped");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Drop" }).ClickAsync();
        await edits.GetByRole(AriaRole.Button, new() { Name = "Make version 2" }).ClickAsync();

        await Expect(page.GetByText("Version 2, 5 clips")).ToBeVisibleAsync();
        await Expect(edits).ToHaveCountAsync(0);
        LabProcess lab = await shared.GetAsync(Cancel);
        JsonNode changed = await lab.Api.GetAsync($"datasets/{dataset}", Cancel);
        Assert.Equal((2, 5), (changed["version"]!.GetValue<int>(), changed["samples"]!.GetValue<int>()));
        await Expect(page.Locator(".tile").First).ToContainTextAsync("two");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task AsTheModelSeesIt_ShowsAnotherDrawEachTime()
    {
        (IPage page, PageWatch watch, _) = await OpenAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "As the model sees it" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "As the model sees it" })).ToBeVisibleAsync();
        ILocator clip = page.Locator("clip-player").First;
        string first = await DrawnAsync(clip, "");

        await page.GetByRole(AriaRole.Button, new() { Name = "Next draw" }).ClickAsync();
        string second = await DrawnAsync(clip, first);
        byte[] one = await BytesAsync(first), two = await BytesAsync(second);

        Assert.NotEqual(one, two);
        Assert.Equal([137, 80, 78, 71], one[..4]);
        Assert.Contains("epoch=2", page.Url, StringComparison.Ordinal);

        ILocator brightness = page.GetByLabel(new Regex("^Brightness"));
        await brightness.FillAsync("0.3");
        await brightness.PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw again" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("set=augmentation\\.brightness"));
        string third = await DrawnAsync(clip, second);
        await page.ReloadAsync();
        await Expect(page.GetByLabel(new Regex("^Brightness"))).ToHaveValueAsync("0.3");
        await Expect(page.GetByLabel("Epoch", new() { Exact = true })).ToHaveValueAsync("2");
        Assert.Equal(third, await DrawnAsync(page.Locator("clip-player").First, ""));
        await PictureAsync(page, "browse-model");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();

        async Task<string> DrawnAsync(ILocator player, string before)
        {
            await Expect(player).ToHaveAttributeAsync("src", new Regex("/clips/"), new() { Timeout = 120_000 });
            await page.WaitForFunctionAsync("([element, before]) => element.getAttribute('src') !== before && element.dataset.loaded === 'true'", new object[] { (await player.ElementHandleAsync())!, before }, new() { Timeout = 120_000 });
            return (await player.GetAttributeAsync("src"))!;
        }

        async Task<byte[]> BytesAsync(string address) => await (await shared.GetAsync(Cancel)).Api.Http.GetByteArrayAsync(address, Cancel);
    }

    [Fact]
    public async Task Detail_OfACopy_ShowsWhatItLooksLikeAndOpensIt()
    {
        Guid dataset = await ImportOwnAsync("with-a-copy", 4, copies: 1);
        (IPage page, PageWatch watch, _) = await OpenAsync("?flags=duplicate,duplicate-across-splits", dataset);
        Assert.Equal(2, await CountAsync(page));

        await page.Locator(".tile").First.ClickAsync();
        ILocator detail = page.GetByRole(AriaRole.Dialog), alike = detail.Locator(".alike li");
        await Expect(alike).ToHaveCountAsync(1);
        await Expect(alike).ToContainTextAsync("exactly alike");
        string heading = await detail.GetByRole(AriaRole.Heading, new() { Level = 2 }).InnerTextAsync();
        string other = await alike.GetByRole(AriaRole.Button).InnerTextAsync();
        await PictureAsync(page, "browse-alike");
        await alike.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(detail.GetByRole(AriaRole.Heading, new() { Name = other, Exact = true })).ToBeVisibleAsync();
        await Expect(alike.GetByRole(AriaRole.Button)).ToHaveTextAsync(heading);

        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Card_HasFiguresNotesAndFiles()
    {
        Guid dataset = await ImportOwnAsync("card-of-mine", 4);
        (IPage page, PageWatch watch, LabProcess lab) = await OpenAsync("", dataset, browse: false);

        await Expect(page.GetByRole(AriaRole.Img, new() { NameRegex = new("^Length in frames: ") })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Write notes" }).ClickAsync();
        await page.GetByLabel("Notes in Markdown").FillAsync("From **me**, [see](https://example.org/) <script>document.title = 'broken'</script>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save notes" }).ClickAsync();
        await Expect(page.Locator(".notes strong")).ToHaveTextAsync("me");
        await Expect(page.Locator(".notes script")).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await Expect(page.Locator(".notes strong")).ToHaveTextAsync("me");

        IDownload drawing = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Save Length in frames as PNG" }).ClickAsync());
        Assert.Equal("length-in-frames.png", drawing.SuggestedFilename);
        byte[] png = await File.ReadAllBytesAsync((await drawing.PathAsync())!, Cancel);
        Assert.Equal([137, 80, 78, 71], png[..4]);
        string json = (await page.GetByRole(AriaRole.Link, new() { Name = "JSON" }).GetAttributeAsync("href"))!;
        JsonNode card = JsonNode.Parse(await lab.Api.Http.GetStringAsync(json, Cancel))!;
        Assert.Equal((4, 2), (card["samples"]!.GetValue<int>(), card["classes"]!.AsArray().Count));
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public async Task Pages_FitTheirWindowAndAreAccessible(int width, bool dark)
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        string dataset = (await lab.Api.ItemsAsync("datasets", Cancel)).First(d => d!["name"]!.GetValue<string>() == "moving-garments")!["id"]!.GetValue<string>();
        IPage page = await browser.NewPageAsync(lab, width, dark);
        var watch = new PageWatch(page, lab.Address);
        var wrong = new List<string>();
        foreach ((string name, string address) in new[] { ("card", $"/data/{dataset}"), ("browse", $"/data/{dataset}/browse"), ("browse-detail", $"/data/{dataset}/browse?sample=3"), ("browse-none", $"/data/{dataset}/browse?q=nothing-like-this") })
        {
            await page.GotoAsync(address);
            await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
            await page.WaitForFunctionAsync("() => [...document.querySelectorAll('clip-player')].filter(c => c.getBoundingClientRect().top < innerHeight).every(c => c.dataset.loaded)");
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            int overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (overflow > 0)
                wrong.Add($"{name} is {overflow} px wider than its window of {width}");
            wrong.AddRange((await PageCheck.BarriersAsync(page)).Select(barrier => $"{name}: {barrier}"));
            await PictureAsync(page, string.Create(CultureInfo.InvariantCulture, $"{name}-{(dark ? "dark" : "light")}-{width}"));
        }

        await page.Context.CloseAsync();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        watch.AssertNoFaults();
    }

    private static async Task PictureAsync(IPage page, string name)
    {
        if (PictureFolder is { } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    /// <summary>The number before "clips" or "of".</summary>
    private static async Task<int> CountAsync(IPage page) => int.Parse((await page.Locator(".bar strong").InnerTextAsync()).Split(' ')[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private async Task<(IPage Page, PageWatch Watch, LabProcess Lab)> OpenAsync(string query, Guid? dataset = null, bool browse = true)
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        string id = dataset?.ToString() ?? (await lab.Api.ItemsAsync("datasets", Cancel)).First(d => d!["name"]!.GetValue<string>() == "moving-garments")!["id"]!.GetValue<string>();
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync($"/data/{id}{(browse ? "/browse" : "")}{query}");
        await page.Locator("clip-player[data-loaded=true]").First.WaitForAsync();
        if (browse)
            await page.Locator("[data-keys=true]").WaitForAsync();
        return (page, watch, lab);
    }

    /// <summary>A data set of few clips of the classes "one" and "two", made for one test; the first of them once more in "two".</summary>
    private async Task<Guid> ImportOwnAsync(string name, int clips, int copies = 0)
    {
        string folder = Path.Combine(shared.ImportRoot, name);
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "samples"), "*.avi", SearchOption.AllDirectories).Order().Take(clips)];
        for (int i = 0; i < files.Length; i++)
        {
            string to = Path.Combine(folder, i < clips / 2 ? "one" : "two", $"{i}.avi");
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(files[i], to, overwrite: true);
        }

        for (int i = 0; i < copies; i++)
            File.Copy(files[i], Path.Combine(folder, "two", $"copy-{i}.avi"), overwrite: true);

        LabProcess lab = await shared.GetAsync(Cancel);
        using HttpResponseMessage answer = await lab.Api.PostAsync("datasets/import", new JsonObject { ["path"] = folder, ["name"] = name }, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        JsonNode found = await LabApi.WaitAsync(
            async () => (await lab.Api.ItemsAsync("datasets", Cancel)).FirstOrDefault(d => d!["name"]!.GetValue<string>() == name), TimeSpan.FromMinutes(2), name, Cancel);
        return found["id"]!.GetValue<Guid>();
    }
}
