using System.Diagnostics;
using System.Reflection;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Benchmarks;

/// <summary>Many short runs of the real worker on few slots.</summary>
internal static class HandoverBenchmark
{
    public static async Task<int> RunAsync(int runs, int slots)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        var options = new LabOptions { DataDirectory = Path.Combine(folder, "data"), SamplesDirectory = Path.Combine(Metadata("RepositoryRoot"), "samples"), WorkerPath = Metadata("WorkerPath"), Slots = slots };
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole();
        builder.Services.AddLabStorage(options);
        builder.Services.AddLabScheduling(options);
        using IHost host = builder.Build();
        try
        {
            if (await host.Services.GetRequiredService<DatabaseInitializer>().InitializeAsync(CancellationToken.None) is { } failure)
                throw new InvalidOperationException(failure);
            await host.StartAsync();
            await host.Services.GetRequiredService<Machine>().DevicesAsync(CancellationToken.None);
            await host.Services.GetRequiredService<DatasetService>().EnsureSampleAsync(CancellationToken.None);
            await WaitAsync(host, db => db.DatasetVersions.AnyAsync());
            // Frames are prepared once, which is no part of a handover.
            await LaunchAsync(host, "first", 0);
            await WaitAsync(host, async db => !await db.Leases.AnyAsync() && await db.Runs.AllAsync(r => r.State == RunState.Completed));
            await MeasureAsync(host, runs, slots);
            await host.StopAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(IHost host, int runs, int slots)
    {
        await host.Services.GetRequiredService<QueueService>().HoldAsync(null, null, CancellationToken.None);
        for (int i = 0; i < runs; i++)
            await LaunchAsync(host, $"run-{i}", i % 21 - 10);
        long start = Stopwatch.GetTimestamp();
        await host.Services.GetRequiredService<QueueService>().ReleaseAsync(null, null, CancellationToken.None);
        await WaitAsync(host, async db => !await db.Leases.AnyAsync() && await db.Runs.AllAsync(r => r.State == RunState.Completed || r.State == RunState.Failed));
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        await using LabDbContext db = await host.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContextAsync();
        List<Run> done = await db.Runs.Where(r => r.Name != "first").ToListAsync();
        var times = (await db.RunStateChanges.ToListAsync()).ToLookup(c => c.RunId);
        var ends = done.Select(r => (Run: r, Starting: Of(r, RunState.Starting), Trains: Of(r, RunState.Running), End: Of(r, RunState.Completed), Slot: times[r.Id].First(c => c.To == RunState.Starting).Cause.Split(' ')[4])).OrderBy(r => r.Starting).ToList();
        List<double> gaps = [], frees = [];
        foreach (var slot in ends.GroupBy(e => e.Slot))
        {
            foreach (var (before, after) in slot.Zip(slot.Skip(1)))
            {
                gaps.Add((after.Trains - before.End).TotalSeconds);
                frees.Add((after.Starting - before.End).TotalSeconds);
            }
        }

        int outOfOrder = ends.Zip(ends.Skip(1)).Count(p => p.First.Run.Priority < p.Second.Run.Priority);
        Report.Line($"{runs} runs on {slots} slots, {done.Count(r => r.State == RunState.Completed)} completed, {outOfOrder} started before one of higher priority, {took.TotalSeconds:0} s");
        Say("end of a run to the next one's training", gaps);
        Say("  of that until the slot is given on", frees);
        Say("a run's own training", [.. ends.Select(e => (e.End - e.Trains).TotalSeconds)]);

        DateTime Of(Run run, RunState state) => times[run.Id].First(c => c.To == state).Time;
    }

    private static void Say(string what, List<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        Report.Line($"{what,-42} median {Report.Median(seconds):0.00} s, 95 % below {sorted[(int)(0.95 * (sorted.Length - 1))]:0.00} s, slowest {sorted[^1]:0.00} s");
    }

    private static async Task LaunchAsync(IHost host, string name, int priority)
    {
        RunSpec spec = new()
        {
            Data = new DataSpec { Dataset = DatasetService.SampleName, ClipLength = 4, Width = 24, Height = 16, Color = ColorMode.Gray },
            Model = new ModelSpec { Backbone = new BackboneSpec { Convolutions = [new() { Filters = 4, Stride = 2, Pool = 2 }] }, Sequence = new SequenceSpec { Hidden = 8 } },
            Training = new TrainingSpec { Epochs = 1, BatchSize = 64 },
        };
        CreateRunResult created = await host.Services.GetRequiredService<RunService>().CreateAsync(new RunRequest(name, spec) { Priority = priority }, CancellationToken.None);
        if (created.Id is null)
            throw new InvalidOperationException(string.Join(" ", created.Problems));
    }

    private static async Task WaitAsync(IHost host, Func<LabDbContext, Task<bool>> condition)
    {
        while (true)
        {
            await using LabDbContext db = await host.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContextAsync();
            if (await condition(db))
                return;
            await Task.Delay(200);
        }
    }

    private static string Metadata(string key) => typeof(HandoverBenchmark).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
