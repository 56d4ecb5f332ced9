using System.Collections.Concurrent;
using System.Diagnostics;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Features.Runs.Table;

namespace LrcnLab.Benchmarks;

/// <summary>Writers and readers at once on one SQLite file: how long each waits, and whether anybody is ever refused.</summary>
internal static class TogetherBenchmark
{
    private const int Writers = 16, Readers = 50;

    public static async Task<int> RunAsync(int seconds)
    {
        await using BenchmarkLab lab = await BenchmarkLab.CreateAsync();
        Guid[] runs = [.. await lab.AddRunsAsync(Writers, RunState.Running)];
        (List<double> alone, _) = await MeasureAsync(lab, runs, Math.Min(30, seconds), readers: 0, from: 0);
        (List<double> writes, ConcurrentBag<double> reads) = await MeasureAsync(lab, runs, seconds, Readers, from: 1_000_000);
        long expected = (alone.Count + writes.Count) * 100L, stored = 0;
        foreach (Guid run in runs)
            stored += (await lab.Get<MetricStore>().ListAsync(run, CancellationToken.None)).Sum(s => s.Count);
        Say($"{Writers} writers alone", alone);
        Say($"{Writers} writers beside {Readers} readers, {seconds} s", writes);
        Say("readers", [.. reads]);
        Report.Line($"{expected:#,0} points acknowledged, {stored:#,0} there; every failure would have ended this");
        return expected == stored ? 0 : 1;
    }

    private static async Task<(List<double> Writes, ConcurrentBag<double> Reads)> MeasureAsync(BenchmarkLab lab, Guid[] runs, int seconds, int readers, int from)
    {
        var writes = new ConcurrentBag<double>();
        var reads = new ConcurrentBag<double>();
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        IEnumerable<Task> all =
        [
            .. runs.Select(run => Task.Run(() => WriteAsync(lab, run, from, writes, end.Token))),
            .. Enumerable.Range(0, readers).Select(i => Task.Run(() => ReadAsync(lab, runs, i, reads, end.Token))),
        ];
        await Task.WhenAll(all);
        return ([.. writes], reads);
    }

    /// <summary>Twenty batches of 100 points a second.</summary>
    private static async Task WriteAsync(BenchmarkLab lab, Guid run, int from, ConcurrentBag<double> times, CancellationToken end)
    {
        for (int step = from; !end.IsCancellationRequested; step += 10)
        {
            MetricSample[] batch = [.. Enumerable.Range(0, 100).Select(i => new MetricSample($"metric/{i % 10}", new MetricPoint(step + i / 10, step / 100.0, DateTime.UtcNow, 1.0 / (step + 1))))];
            long start = Stopwatch.GetTimestamp();
            await lab.Get<MetricStore>().WriteAsync(run, batch, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>What pages ask: a chart, a run, the table of runs, all that a run has measured.</summary>
    private static async Task ReadAsync(BenchmarkLab lab, Guid[] runs, int reader, ConcurrentBag<double> times, CancellationToken end)
    {
        var random = new Random(reader);
        while (!end.IsCancellationRequested)
        {
            Guid run = runs[random.Next(runs.Length)];
            long start = Stopwatch.GetTimestamp();
            switch (reader % 4)
            {
                case 0:
                    await lab.Get<MetricStore>().ReadAsync(run, $"metric/{random.Next(10)}", 1000, null, null, CancellationToken.None);
                    break;
                case 1:
                    await lab.Get<RunQueries>().GetAsync(run, CancellationToken.None);
                    break;
                case 2:
                    await lab.Get<RunTableQueries>().ReadAsync(new RunTableRequest("best(metric/1) > 0", "-last(metric/2)", RunColumns.Default), CancellationToken.None);
                    break;
                default:
                    await lab.Get<MetricStore>().ListAsync(run, CancellationToken.None);
                    break;
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private static void Say(string what, List<double> times)
    {
        double[] sorted = [.. times.Order()];
        Report.Line($"{what,-45} {sorted.Length:#,0} times, median {Report.Median(sorted):0.0} ms, 95 % below {sorted[(int)(sorted.Length * 0.95)]:0.0}, slowest {sorted[^1]:0}");
    }
}
