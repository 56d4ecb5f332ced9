using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace LrcnLab.Benchmarks;

/// <summary>Server and browser together on one machine: from asking for a page until something useful stands there, answers to clicks, and the memory of open dashboards.</summary>
internal static class PagesBenchmark
{
    private const int Compared = 100;

    public static async Task<int> RunAsync(string folder, int rounds, int dashboards, double minutes)
    {
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Environment.GetEnvironmentVariable("LRCNLAB_CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox"] });
        if (rounds > 0)
            await LookAsync(folder, browser, rounds);
        if (dashboards > 0)
            await OpenAsync(folder, browser, dashboards, minutes);
        return 0;
    }

    private static async Task<string[]> RunsAsync(BenchmarkServer server) =>
        [.. JsonNode.Parse(await server.Http.GetStringAsync("runs?sort=created&take=200"))!["items"]!.AsArray().Select(r => (string)r!["id"]!)];

    private static async Task LookAsync(string folder, IBrowser browser, int rounds)
    {
        await using BenchmarkServer server = await BenchmarkServer.StartAsync(folder);
        string address = server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        string[] runs = await RunsAsync(server);
        string some = string.Join(',', runs.Skip(1).Take(4)), many = string.Join(',', runs.Skip(1).Take(Compared));
        foreach ((string name, string url, string useful) in ((string, string, string)[])
        [
            ("home", "/", "main tr td a"), ("runs", "/runs", "tr[data-run]"), ("runs in groups", "/runs?group=bundle", "tr.group"), ("run, a series of 1,000,000", $"/runs/{runs[0]}", ".u-over"), ("new run", "/runs/new", "#run-name"),
            ("compare 4, curves", $"/compare?runs={some}", ".u-over"), ($"compare {Compared}, results", $"/compare?runs={many}", ".results tr a"), ($"compare {Compared}, curves", $"/compare?runs={many}", ".u-over"), ($"compare {Compared}, means", $"/compare?runs={many}&band=interval", ".u-over"),
            ($"compare {Compared}, settings and results", $"/compare?runs={many}&tab=explore", ".parallel path"), ($"compare {Compared}, differing settings", $"/compare?runs={many}&tab=settings", "table.lab td"), ("data", "/data", "h1"), ("queue", "/queue", "h1"), ("notifications", "/notifications", "h1"), ("settings", "/settings", "h1"),
        ])
        {
            // In the page, so that the driver's own way does not count: from the start of the navigation until what is looked for is painted.
            IPage page = await browser.NewPageAsync(new() { BaseURL = address, ViewportSize = new() { Width = 1440, Height = 900 } });
            await page.AddInitScriptAsync($$"""
                (() => {
                  const watch = new MutationObserver(() => {
                    if (!document.querySelector({{JsonSerializer.Serialize(useful)}})) return;
                    watch.disconnect();
                    requestAnimationFrame(() => {
                      const painted = new MessageChannel();
                      painted.port1.onmessage = () => { window.usefulAfter = performance.now(); };
                      painted.port2.postMessage(0);
                    });
                  });
                  watch.observe(document, { subtree: true, childList: true });
                })()
                """);
            var times = new List<double>();
            for (int i = 0; i <= rounds; i++)
            {
                await page.GotoAsync(url, new() { WaitUntil = WaitUntilState.Commit });
                await page.WaitForFunctionAsync("() => window.usefulAfter");
                times.Add(await page.EvaluateAsync<double>("() => window.usefulAfter"));
                await page.WaitForTimeoutAsync(1000);
            }

            await page.CloseAsync();
            Report.Line($"{name,-42} first {times[0],5:0} ms, then median {Report.Median(times.Skip(1)),5:0} ms, slowest {times.Skip(1).Max(),5:0} ms");
        }

        IPage clicked = await browser.NewPageAsync(new() { BaseURL = address, ViewportSize = new() { Width = 1440, Height = 900 } });
        await InteractionAsync(clicked, rounds);
        await clicked.CloseAsync();
    }

    /// <summary>A click that sorts ten thousand runs, until the first row is another; in the page, so that the driver's own way does not count.</summary>
    private static async Task InteractionAsync(IPage page, int rounds)
    {
        await page.GotoAsync("/runs");
        await page.Locator("tr[data-run]").First.WaitForAsync();
        var times = new List<double>();
        for (int i = 0; i < 2 * rounds; i++)
        {
            times.Add(await page.EvaluateAsync<double>("""
                () => new Promise(done => {
                  const first = () => document.querySelector("tr[data-run]")?.dataset.run, before = first(), start = performance.now();
                  const watch = new MutationObserver(() => { if (first() && first() !== before) { watch.disconnect(); done(performance.now() - start); } });
                  watch.observe(document.querySelector("main"), { subtree: true, childList: true, attributes: true });
                  [...document.querySelectorAll("th button.sort")].find(b => b.title.includes("best(validation/accuracy")).click();
                })
                """));
            await page.WaitForTimeoutAsync(300);
        }

        Report.Line($"{"sort ten thousand runs by a click",-42} median {Report.Median(times),5:0} ms, slowest {times.Max(),5:0} ms");
    }

    /// <summary>Pages of runs to which points come every second, on a program that has just been started. All that is resident more than with one page counts: an upper bound of managed memory.</summary>
    private static async Task OpenAsync(string folder, IBrowser browser, int dashboards, double minutes)
    {
        await using BenchmarkServer server = await BenchmarkServer.StartAsync(folder);
        string[] runs = [.. (await RunsAsync(server)).Skip(1)];
        await using IBrowserContext context = await browser.NewContextAsync(new() { BaseURL = server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), ViewportSize = new() { Width = 1440, Height = 900 } });
        for (int i = 0; i < 10; i++)
        {
            IPage first = await context.NewPageAsync();
            await first.GotoAsync($"/runs/{runs[i]}");
            await first.Locator(".u-over").First.WaitForAsync();
            await first.CloseAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(10));
        long before = server.Memory(peak: false);
        Report.Line($"before: {before / 1e6:0} MB");
        var pages = new List<IPage>();
        for (int i = 0; i < dashboards; i++)
        {
            IPage page = await context.NewPageAsync();
            await page.GotoAsync($"/runs/{runs[i % runs.Length]}");
            await page.Locator(".u-over").First.WaitForAsync();
            // Fifty windows on one machine would be measured by their painting.
            await page.SetViewportSizeAsync(800, 450);
            pages.Add(page);
        }

        long start = Stopwatch.GetTimestamp();
        int step = 10_000_000;
        for (int quarter = 0; quarter <= 4; quarter++)
        {
            while (Stopwatch.GetElapsedTime(start).TotalMinutes < minutes * quarter / 4)
            {
                step++;
                foreach (string run in runs.Take(dashboards))
                {
                    string body = $$"""{"series":[{"key":"train/loss","steps":[{{step}}],"values":[1.5]}]}""";
                    using var content = new StringContent(body, Encoding.UTF8, "application/json");
                    using HttpResponseMessage answer = await server.Http.PostAsync($"runs/{run}/metrics", content);
                    if (!answer.IsSuccessStatusCode)
                        throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
                }

                await Task.Delay(1000);
            }

            Report.Line($"{dashboards} dashboards after {Stopwatch.GetElapsedTime(start).TotalMinutes:0.0} min: {(server.Memory(peak: false) - before) / 1e6 / dashboards:0.0} MB resident each, server {server.Memory(peak: false) / 1e6:0} MB");
        }
    }
}
