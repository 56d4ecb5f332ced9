using System.Diagnostics;
using System.Globalization;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Benchmarks;

/// <summary>Points a second through the whole path: processes that write worker events as fast as they are taken, and a server that stores them, all of it on disk before the next is taken.</summary>
internal static class IngestBenchmark
{
    /// <summary>What a training step says, by the keys of the real worker.</summary>
    private static readonly string[] Keys =
    [
        MetricKeys.TrainLoss, MetricKeys.TrainAccuracy, MetricKeys.LearningRate, MetricKeys.GradientNorm, MetricKeys.ClipsPerSecond, MetricKeys.FramesPerSecond,
        MetricKeys.DataTime, MetricKeys.ForwardTime, MetricKeys.BackwardTime, MetricKeys.OptimizerTime, MetricKeys.ProcessMemory,
    ];

    public static async Task<int> RunAsync(int senders, int seconds)
    {
        await using BenchmarkLab lab = await BenchmarkLab.CreateAsync();
        (Guid Run, Guid Token)[] runs = await AddRunsAsync(lab, senders);
        long start = Stopwatch.GetTimestamp();
        long[] steps = await Task.WhenAll(runs.Select(r => Task.Run(() => TakeAsync(lab, r.Run, r.Token, seconds))));
        double took = Stopwatch.GetElapsedTime(start).TotalSeconds;

        long expected = steps.Sum() * Keys.Length, stored = 0;
        foreach ((Guid run, _) in runs)
            stored += (await lab.Get<MetricStore>().ListAsync(run, CancellationToken.None)).Sum(s => s.Count);
        Report.Line($"{senders} senders, {took:0.0} s: {stored / took:#,0} points/s stored; {expected:#,0} sent, {stored:#,0} there; {lab.DatabaseBytes / (double)stored:0.00} bytes a point");
        return expected == stored ? 0 : 1;
    }

    /// <summary>The other side: events to standard output and to the journal, as the worker writes them.</summary>
    public static int Send(string folder, int seconds)
    {
        using var journal = new StreamWriter(Path.Combine(folder, WorkerProtocol.JournalFile));
        using var output = new StreamWriter(Console.OpenStandardOutput());
        var random = new Random(1);
        long start = Stopwatch.GetTimestamp(), step = 0;
        double loss = 4;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            step++;
            loss = loss * 0.99999 + random.NextDouble() * 1e-3;
            var values = new Dictionary<string, double>(Keys.Length);
            foreach (string key in Keys)
                values[key] = (float)(loss + random.NextDouble() * 0.1);
            string line = new MetricEvent { Sequence = step, Time = DateTime.UtcNow, Step = step, Epoch = step / 1000.0, Values = values }.ToLine();
            journal.Write(line + "\n");
            output.Write(line + "\n");
            output.Flush();
        }

        Console.Error.WriteLine(step.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <returns>Steps that the sender sent.</returns>
    private static async Task<long> TakeAsync(BenchmarkLab lab, Guid run, Guid token, int seconds)
    {
        string folder = lab.Get<LabPaths>().RunFolder(run), said = "";
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["ingest-sender", "--folder", folder, "--seconds", seconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var worker = WorkerProcess.Start(start, line => said = line);
        await StoreAsync(lab, run, token, worker.Output);
        await worker.WaitForErrorsAsync(TimeSpan.FromSeconds(10));
        return long.Parse(said, CultureInfo.InvariantCulture);
    }

    /// <summary>Stores events as supervision does, until the lines end.</summary>
    internal static async Task StoreAsync(BenchmarkLab lab, Guid run, Guid token, LineReader lines)
    {
        var output = new WorkerOutput(lines, new CheckInClock(TimeProvider.System, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)), (_, text) => throw new InvalidDataException(text));
        Task reading = Task.Run(output.ReadAsync);
        using RunLogWriter log = await lab.Get<RunLog>().OpenAsync(run, CancellationToken.None);
        await foreach (IReadOnlyList<WorkerEvent> batch in output.BatchesAsync())
            await lab.Get<RunIngest>().ApplyAsync(run, token, log, batch, CancellationToken.None);
        await reading;
    }

    internal static async Task<(Guid Run, Guid Token)[]> AddRunsAsync(BenchmarkLab lab, int count)
    {
        List<Guid> runs = await lab.AddRunsAsync(count, RunState.Running);
        return await lab.Get<LabWriter>().WriteAsync(
            async db =>
            {
                var tokens = new List<(Guid, Guid)>();
                foreach (Guid run in runs)
                {
                    var lease = new Lease { RunId = run, Token = Guid.CreateVersion7(), Node = "benchmark", Owner = "benchmark", TakenAt = DateTime.UtcNow, ExpiresAt = DateTime.UtcNow.AddHours(1) };
                    db.Leases.Add(lease);
                    tokens.Add((run, lease.Token));
                }

                await db.SaveChangesAsync();
                return tokens.ToArray();
            },
            CancellationToken.None);
    }
}
