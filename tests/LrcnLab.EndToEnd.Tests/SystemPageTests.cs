using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>What a run and a machine use is measured while a real worker trains, and shown.</summary>
public sealed class SystemPageTests(Lab shared, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunningRun_ShowsProcessorAndMemoryOfItsWorker_AndMoreEachSecond()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid run = await lab.Api.CreateRunAsync("measured", Lab.SmallSpec(epochs: 500), Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync($"/runs/{run}");
        await page.GetByRole(AriaRole.Link, new() { Name = "System", Exact = true }).ClickAsync();
        ILocator cores = page.Locator("figure").Filter(new() { HasText = "Busy cores" });
        await cores.ScrollIntoViewIfNeededAsync();
        await Expect(cores.Locator("[data-chart-note]")).ToHaveTextAsync(new Regex("^([3-9]|[0-9]{2,}) points"), new() { Timeout = 60_000 });
        string? before = await cores.Locator("[data-chart-note]").TextContentAsync();
        await Expect(cores.Locator("[data-chart-note]")).Not.ToHaveTextAsync(before!);
        await Expect(page.GetByTestId("run-usage")).ToContainTextAsync("Slot hours");
        // The driver knows GPUs, and this run trains on none of them.
        await Expect(page.GetByText("Load of the GPU")).ToHaveCountAsync(0);
        await PageCheck.RunAsync(page, "run-system-running");
        await page.GetByRole(AriaRole.Link, new() { Name = "Charts", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Gradient norm").First).ToBeVisibleAsync();
        await Expect(page.GetByText("Cpu cores")).ToHaveCountAsync(0);

        using HttpResponseMessage ended = await lab.Api.PostAsync($"runs/{run}/kill", null, Cancel);
        await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(1), Cancel, "canceled");
        JsonNode answer = await lab.Api.GetAsync($"runs/{run}", Cancel);
        Assert.True(answer["usage"]!["slotHours"]!.GetValue<double>() > 0);
        Assert.Null(answer["usage"]!["energyWh"]);
        double busiest = answer["metrics"]!["system/cpu_cores"]!["max"]!.GetValue<double>(), memory = answer["metrics"]!["system/memory_bytes"]!["max"]!.GetValue<double>();
        Assert.InRange(busiest, 0.2, Environment.ProcessorCount + 0.5);
        Assert.InRange(memory, 50e6, 4e9);
        watch.AssertNoFaults();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Queue_ShowsHowBusyTheMachineIs_AndItsLastDay()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/queue");
        ILocator usage = page.GetByTestId("node-usage");
        await Expect(usage).ToContainTextAsync(new Regex(@"of \d+ cores? busy"));
        await Expect(usage).ToContainTextAsync("97 %");
        await Expect(usage).ToContainTextAsync("29.5 GiB of 40.0 GiB, 64 °C, 302 W");
        await page.GetByText("Curves of the last 24 hours").ClickAsync();
        foreach (string title in (string[])["Busy cores", "Memory in use", "Free on the disk", "Power of the GPUs"])
        {
            ILocator chart = page.Locator("figure").Filter(new() { HasText = title });
            await chart.ScrollIntoViewIfNeededAsync();
            await Expect(chart.Locator("[data-chart-note]")).ToHaveTextAsync(new Regex(@"\d+ points|drawn"), new() { Timeout = 20_000 });
        }

        await PageCheck.RunAsync(page, "queue-usage");
        watch.AssertNoFaults();
        await page.Context.CloseAsync();

        JsonNode node = (await lab.Api.ItemsAsync("nodes", Cancel))[0]!;
        Assert.Equal(2, node["usage"]!["usage"]!["gpus"]!.AsArray().Count);
        string name = Uri.EscapeDataString(node["name"]!.GetValue<string>());
        JsonNode watts = (await lab.Api.ItemsAsync($"nodes/{name}/metrics?key=gpu0_watts", Cancel))[0]!;
        Assert.All(watts["values"]!.AsArray(), v => Assert.Equal(301.52, v!.GetValue<double>()));
        Assert.True((await lab.Api.GetAsync($"nodes/{name}/usage", Cancel))["lastDay"]!["energyWh"]!.GetValue<double>() > 0);
        using HttpResponseMessage wrong = await lab.Api.Http.GetAsync($"nodes/{name}/metrics?key=fans", Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("There is no measure", await wrong.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }
}
