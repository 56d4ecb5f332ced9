using Bunit;
using Bunit.TestDoubles;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Components.Charts;
using LrcnLab.Web.Features.Compare;
using LrcnLab.Web.Features.Runs.Table;
using LrcnLab.Web.Features.Runs.Templates;
using LrcnLab.Web.Features.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>Parts of the tables and comparisons of runs, on the services of a real server and its SQLite file.</summary>
public sealed class RunTableComponentTests : BunitContext, IClassFixture<LabServer>
{
    private readonly LabServer _server;

    public RunTableComponentTests(LabServer server)
    {
        _server = server;
        using HttpClient started = server.CreateClient();
        Share<RunTableQueries>();
        Share<RunFeed>();
        Share<RunLabels>();
        Share<RunService>();
        Share<MetricStore>();
        Share<ViewQueries>();
        Share<TemplateQueries>();
        Share<TimeProvider>();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bulk_OffersWhatTheChosenRunsAllow_AndTagsAllOfThem()
    {
        Guid done = await AddAsync("bulk-done"), running = await AddAsync("bulk-running", RunState.Running), broken = await AddAsync("bulk-broken", RunState.Interrupted);
        RunTableData table = await TableAsync("name ~ bulk-");
        var chosen = new HashSet<Guid> { done, running, broken };
        int changes = 0;
        var bulk = Render<RunBulk>(p => p.Add(b => b.Chosen, chosen).Add(b => b.Rows, [.. table.Rows.Select(r => r.Run)]).Add(b => b.Changed, () => changes++));

        string[] words = [.. bulk.FindAll("button").Select(b => b.TextContent.Trim())];
        Assert.Contains("Pause 1", words);
        Assert.Contains("Stop 1", words);
        Assert.Contains("Resume 1", words);
        Assert.DoesNotContain(words, w => w.StartsWith("Cancel", StringComparison.Ordinal));
        Assert.Contains("Delete 3", words);

        bulk.Find("input[aria-label='Tag to add']").Input(" paper ");
        await bulk.Find("form").SubmitAsync();
        Assert.Equal(["paper", "paper", "paper"], (await TableAsync("name ~ bulk-")).Rows.SelectMany(r => r.Run.Tags));
        Assert.Equal((1, ""), (changes, bulk.Find("input[aria-label='Tag to add']").GetAttribute("value")));

        bulk.Find("input[aria-label='Tag to add']").Input(new string('x', 10_000));
        await bulk.Find("form").SubmitAsync();
        Assert.Contains("50", bulk.Find(".problem").TextContent, StringComparison.Ordinal);
        Assert.Equal(10_000, bulk.Find("input[aria-label='Tag to add']").GetAttribute("value")!.Length);

        await bulk.FindAll("button").Single(b => b.TextContent == "Choose none").ClickAsync();
        Assert.Empty(chosen);
    }

    [Fact]
    public async Task Grid_SortsInTheUsefulDirectionFirst_AndFoldsGroups()
    {
        foreach (int seed in (int[])[1, 2])
            await AddAsync($"grid-{seed}", change: s => s with { Training = s.Training with { Seed = seed } }, loss: seed);
        await AddAsync("grid-other", change: s => s with { Training = s.Training with { Epochs = 77 } }, loss: 9);
        RunTableData table = await TableAsync("name ~ grid-", ["name", "best(validation/accuracy_top1)", "best(train/loss)"], group: "bundle");
        string? sort = null;
        var chosen = new HashSet<Guid>();
        var grid = Render<RunGrid>(p => p.Add(g => g.Table, table).Add(g => g.Chosen, chosen).Add(g => g.SortChanged, s => sort = s));

        Assert.Equal(2, grid.FindAll("tr.group").Count);
        Assert.Equal(3, grid.FindAll("tr[data-run]").Count);
        Assert.Contains("1.5 ±", grid.FindAll("tr.group").Single(g => g.TextContent.Contains("(2)", StringComparison.Ordinal)).TextContent, StringComparison.Ordinal);

        Assert.Equal("-best(validation/accuracy_top1)", await SortAsync("best(validation/accuracy_top1)"));
        Assert.Equal("best(validation/accuracy_top1)", await SortAsync("best(validation/accuracy_top1)"));
        Assert.Equal("", await SortAsync("best(validation/accuracy_top1)"));
        Assert.Equal("best(train/loss)", await SortAsync("best(train/loss)"));
        Assert.Equal("name", await SortAsync("name"));

        await grid.FindAll("tr.group input").First(i => i.GetAttribute("aria-label")!.Contains("other seeds", StringComparison.Ordinal)).ChangeAsync(new ChangeEventArgs { Value = true });
        Assert.Equal(2, chosen.Count);
        await grid.FindAll("tr.group button").First(b => b.TextContent.Contains("(2)", StringComparison.Ordinal)).ClickAsync();
        Assert.Single(grid.FindAll("tr[data-run]"));

        async Task<string?> SortAsync(string column)
        {
            await grid.Find($"button[title='Sort by {column}']").ClickAsync();
            grid.Render(p => p.Add(g => g.Sort, sort));
            return sort;
        }
    }

    [Fact]
    public async Task Views_AreSavedReplacedRemovedAndBroughtBack()
    {
        BunitNavigationManager navigation = Services.GetRequiredService<BunitNavigationManager>();
        navigation.NavigateTo("/runs?q=state%20%3D%20completed");
        var menu = Render<ViewMenu>(p => p.Add(m => m.Page, "runs"));

        await SaveAsync("Done");
        Assert.Equal("/runs?q=state%20%3D%20completed", menu.Find("a.item").GetAttribute("href"));
        Assert.Equal("true", menu.Find("a.item").GetAttribute("aria-current"));

        navigation.NavigateTo("/runs?sort=name");
        menu.Find("input").Input("Done");
        Assert.Equal("Replace", menu.Find("button[type=submit]").TextContent);
        await menu.Find("form").SubmitAsync();
        Assert.Equal("/runs?sort=name", Assert.Single(menu.FindAll("a.item")).GetAttribute("href"));

        await menu.Find("button[aria-label='Remove view Done']").ClickAsync();
        Assert.Empty(menu.FindAll("a.item"));
        await menu.FindAll("button").Single(b => b.TextContent == "Undo").ClickAsync();
        Assert.Equal("/runs?sort=name", menu.Find("a.item").GetAttribute("href"));

        async Task SaveAsync(string name)
        {
            menu.Find("input").Input(name);
            await menu.Find("form").SubmitAsync();
        }
    }

    [Fact]
    public async Task Templates_AreShownWithTheirSource_AndAMistakeIsUndone()
    {
        await Services.GetRequiredService<TemplateQueries>().SaveAsync("<i>Mine</i>", "Small and quick", Presets.QuickStart.Spec, "quick-start", Cancel);
        TemplateRow? taken = null;
        var tiles = Render<TemplateTiles>(p => p.Add(t => t.Choose, t => taken = t));

        Assert.Equal("<i>Mine</i>", tiles.Find("strong").TextContent);
        Assert.Contains("made from", tiles.Find(".preset").TextContent, StringComparison.Ordinal);
        await tiles.Find(".preset").ClickAsync();
        Assert.Equal("<i>Mine</i>", taken?.Name);

        await tiles.Find(".remove").ClickAsync();
        Assert.Empty(tiles.FindAll(".preset"));
        await tiles.FindAll("button").Single(b => b.TextContent == "Undo").ClickAsync();
        Assert.Contains("Small and quick", tiles.Find(".preset").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exploring_KeepsTheRunsInTheRange_AndSaysWhatMattered()
    {
        double[] rates = [1e-4, 2e-4, 4e-4, 8e-4];
        foreach (double rate in rates)
            await AddAsync($"explore-{rate * 1e4}", change: s => s with { Optimizer = s.Optimizer with { LearningRate = rate } }, loss: 1 - 1000 * rate);
        Comparison shown = Comparison.Of(await TableAsync("name ~ explore-", ["optimizer.learningRate"]), null);
        BunitNavigationManager navigation = Services.GetRequiredService<BunitNavigationManager>();
        navigation.NavigateTo("/compare");

        var all = Render<CompareExplore>(p => p.Add(e => e.Shown, shown).Add(e => e.TargetField, "best(train/loss)"));
        Assert.Equal("4", all.Find("[data-testid=kept]").TextContent);
        Assert.Contains("From 4 runs", all.Find("[data-testid=few-runs]").TextContent, StringComparison.Ordinal);
        Assert.Contains("optimizer.learningRate", all.FindAll("td.mono").Select(c => c.TextContent));
        Assert.Contains("-1.00", all.Find("td.mono ~ td.num").TextContent, StringComparison.Ordinal);

        var some = Render<CompareExplore>(p => p.Add(e => e.Shown, shown).Add(e => e.Brush, "optimizer.learningRate:0.0002:0.0004"));
        Assert.Equal("2", some.Find("[data-testid=kept]").TextContent);
        Assert.Equal(2, some.FindAll("tr[data-run]").Count);

        // From and to in the wrong order are meant as they can only be meant.
        await all.Find("select[aria-label='Field of the range']").ChangeAsync(new ChangeEventArgs { Value = "optimizer.learningRate" });
        await all.Find("input[aria-label='From']").ChangeAsync(new ChangeEventArgs { Value = "0.0008" });
        await all.Find("input[aria-label='To']").ChangeAsync(new ChangeEventArgs { Value = "0.0004" });
        await all.FindAll("form").Single().SubmitAsync();
        Assert.Contains("brush=optimizer.learningRate%3A0.0004%3A0.0008", navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_MarkTheBestOfEachMetric_ByItsDirection()
    {
        foreach (double value in (double[])[0.25, 0.75])
        {
            Guid run = await AddAsync($"results-{value}");
            var point = new MetricPoint(1, 0.1, DateTime.UnixEpoch, value);
            await Services.GetRequiredService<MetricStore>().WriteAsync(run, [new MetricSample(MetricKeys.ValidationLoss, point), new MetricSample(MetricKeys.ValidationAccuracy, point)], Cancel);
            Services.GetRequiredService<RunFeed>().Publish(run, RunParts.Metrics);
        }

        Comparison shown = Comparison.Of(await TableAsync("name ~ results-", ["optimizer.learningRate"]), null);

        var curves = Render<CompareCurves>(p => p.Add(c => c.Shown, shown).Add(c => c.Keys, ["validation/loss"]).Add(c => c.View, ChartView.Of(null, null, null, "epoch")));

        Assert.Equal(["75.0 %", "0.25"], curves.FindAll("td.best").Select(c => c.TextContent.Trim()).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public void ChartOfACrowd_SaysHowMany_NotWho()
    {
        ChartSeries[] series = [.. Enumerable.Range(0, 100).Select(i => new ChartSeries($"run-{i}", $"/api/v1/runs/{i}/metrics?key=a", "#123456"))];

        var chart = Render<LineChart>(p => p.Add(c => c.Title, "Loss").Add(c => c.Series, series));

        Assert.Equal("Loss: 100 curves", chart.Find(".plot").GetAttribute("aria-label"));
    }

    private void Share<T>()
        where T : class => Services.AddSingleton(_server.Services.GetRequiredService<T>());

    private async Task<Guid> AddAsync(string name, RunState state = RunState.Completed, Func<RunSpec, RunSpec>? change = null, double loss = 1)
    {
        Guid run = await StoredRuns.AddAsync(_server.Services, name, state, change ?? (s => s), _ => loss, 1, Cancel);
        Services.GetRequiredService<RunFeed>().Publish(run, RunParts.State);
        return run;
    }

    private async Task<RunTableData> TableAsync(string query, IReadOnlyList<string>? columns = null, string? group = null)
    {
        (RunTableData? table, RunTableProblem? problem) = await Services.GetRequiredService<RunTableQueries>().ReadAsync(new RunTableRequest(query, "name", columns ?? ["name"], group), Cancel);
        Assert.True(table is not null, problem?.Message);
        return table;
    }
}
