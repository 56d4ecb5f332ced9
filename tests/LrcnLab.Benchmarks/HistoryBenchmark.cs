using System.Diagnostics;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Features.Runs.Table;

namespace LrcnLab.Benchmarks;

/// <summary>What reading takes when there is much: at 1, 10 and 100 million points, the largest in 10,000 runs.</summary>
internal static class HistoryBenchmark
{
    private const int RunsInCharts = 100, PointsInCharts = 10_000, LongSeries = 1_000_000, KeysInRuns = 10;

    private static readonly string[] ChartKeys = [MetricKeys.TrainLoss, MetricKeys.TrainAccuracy, MetricKeys.ValidationLoss, MetricKeys.ValidationAccuracy];

    /// <param name="rounds">How often each is asked; the first, which warms up, does not count.</param>
    /// <param name="keep">Data folder to leave behind with the largest; null for none.</param>
    public static async Task<int> RunAsync(int rounds, string? keep)
    {
        foreach ((int millions, int runs) in ((int, int)[])[(1, 100), (10, 1000), (100, 10_000)])
        {
            string folder = keep is not null && millions == 100 ? keep : Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
            Guid[] charted;
            Guid longest;
            long points;
            await using (BenchmarkLab lab = await BenchmarkLab.CreateAsync(folder))
            {
                long start = Stopwatch.GetTimestamp();
                (charted, longest, points) = await FillAsync(lab, millions * 1_000_000L, runs);
                Report.Line($"{points:#,0} points in {runs:#,0} runs, written in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
            }

            Report.Line($"  {new FileInfo(Path.Combine(folder, "lrcnlab.db")).Length / (double)points:0.00} bytes a point, times, steps and indexes included");
            await MeasureAsync(folder, charted, longest, rounds);
            if (folder != keep)
                Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(string folder, Guid[] charted, Guid longest, int rounds)
    {
        var opening = new List<double>();
        for (int i = 0; i <= rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await using BenchmarkLab opened = await BenchmarkLab.CreateAsync(folder);
            opening.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Say("opening: check, migrations, WAL", opening.Skip(1));
        await using BenchmarkLab lab = await BenchmarkLab.CreateAsync(folder);
        MetricStore metrics = lab.Get<MetricStore>();
        RunTableQueries tables = lab.Get<RunTableQueries>();
        string best = $"best({MetricKeys.ValidationAccuracy})";
        Say("list of runs, the first time", await AskAsync(0, () => TableAsync(tables, null, null, []), warmUp: false));
        Say("list of runs, filtered and sorted by metrics", await AskAsync(rounds, () => TableAsync(tables, $"{best} > 0.01 and state = completed", $"-{best}", RunColumns.Default)));
        Say("list of runs, filtered and sorted by settings", await AskAsync(rounds, () => TableAsync(tables, "model.sequence.hidden >= 1", "optimizer.learningRate", ["name", "model.sequence.hidden"])));
        Say("list of runs, filtered by a word, newest first", await AskAsync(rounds, () => TableAsync(tables, "run-99", null, RunColumns.Default)));
        Say("list of runs, sorted by a value at an epoch", await AskAsync(rounds, () => TableAsync(tables, null, $"at({MetricKeys.TrainLoss}, 5)", RunColumns.Default)));
        Say("a series of 1,000,000 points, thinned to 2,000", await AskAsync(rounds, () => metrics.ReadAsync(longest, MetricKeys.TrainLoss, 2000, null, null, CancellationToken.None)));
        Say("a hundredth of it", await AskAsync(rounds, () => metrics.ReadAsync(longest, MetricKeys.TrainLoss, 2000, 500_000, 510_000, CancellationToken.None)));
        Say("100 runs x 4 charts x 10,000 points, thinned to 1,000", await AskAsync(rounds, async () =>
        {
            foreach (Guid run in charted)
            {
                foreach (string key in ChartKeys)
                    await metrics.ReadAsync(run, key, 1000, null, null, CancellationToken.None);
            }
        }));
    }

    private static async Task<(Guid[] Charted, Guid Longest, long Points)> FillAsync(BenchmarkLab lab, long points, int runs)
    {
        MetricStore metrics = lab.Get<MetricStore>();
        List<Guid> ids = await lab.AddRunsAsync(runs, RunState.Completed);
        int charted = Math.Min(RunsInCharts, runs / 10);
        long written = LongSeries + (long)charted * ChartKeys.Length * PointsInCharts;
        await WriteAsync(metrics, ids[0], [MetricKeys.TrainLoss], Math.Min(LongSeries, (int)points));
        long rest = Math.Max(0, points - written);
        int each = (int)(rest / Math.Max(1, runs - charted - 1) / KeysInRuns);
        string[] keys = [.. ChartKeys, MetricKeys.LearningRate, MetricKeys.GradientNorm, MetricKeys.ClipsPerSecond, MetricKeys.DataTime, MetricKeys.ForwardTime, MetricKeys.ProcessMemory];
        await Parallel.ForAsync(1, runs, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
            await (i <= charted ? WriteAsync(metrics, ids[i], ChartKeys, PointsInCharts) : WriteAsync(metrics, ids[i], keys, each)));
        return ([.. ids.Skip(1).Take(charted)], ids[0], written + (long)each * keys.Length * (runs - charted - 1));
    }

    private static async Task WriteAsync(MetricStore metrics, Guid run, string[] keys, int points)
    {
        const int batch = 2000;
        var random = new Random(run.GetHashCode());
        DateTime time = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (int step = 1; step <= points;)
        {
            var samples = new List<MetricSample>(batch * keys.Length);
            for (int end = Math.Min(points, step + batch - 1); step <= end; step++)
            {
                time = time.AddMilliseconds(40 + random.Next(20));
                foreach (string key in keys)
                    samples.Add(new MetricSample(key, new MetricPoint(step, step / 100.0, time, (float)(3 / Math.Sqrt(step) + random.NextDouble() * 0.05))));
            }

            await metrics.WriteAsync(run, samples, CancellationToken.None);
        }
    }

    private static async Task TableAsync(RunTableQueries tables, string? query, string? sort, IReadOnlyList<string> columns)
    {
        if ((await tables.ReadAsync(new RunTableRequest(query, sort, columns), CancellationToken.None)).Problem is { } problem)
            throw new InvalidOperationException(problem.Message);
    }

    private static async Task<IEnumerable<double>> AskAsync(int rounds, Func<Task> ask, bool warmUp = true)
    {
        var times = new List<double>();
        for (int i = warmUp ? 0 : 1; i <= Math.Max(1, rounds); i++)
        {
            long start = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Skip(warmUp ? 1 : 0);
    }

    private static void Say(string what, IEnumerable<double> times)
    {
        double[] sorted = [.. times.Order()];
        Report.Line($"  {what,-55} median {Report.Median(sorted):0.0} ms, 95 % below {sorted[(int)Math.Ceiling(sorted.Length * 0.95) - 1]:0.0}");
    }
}
