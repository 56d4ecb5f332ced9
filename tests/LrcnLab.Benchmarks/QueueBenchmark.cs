using System.Diagnostics;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Features.Queue;
using LrcnLab.Web.Features.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Benchmarks;

/// <summary>What the scheduler's decisions and the queue page take with many runs waiting, in a real SQLite file.</summary>
internal static class QueueBenchmark
{
    /// <param name="rounds">How often each is done; the first one, which warms up, does not count.</param>
    /// <param name="runs">That wait.</param>
    public static async Task<int> RunAsync(int rounds, int runs)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        try
        {
            var options = new LabOptions { DataDirectory = folder, SamplesDirectory = Path.Combine(folder, "none"), Slots = 2 };
            await using ServiceProvider services = new ServiceCollection().AddLogging().AddLabStorage(options).AddLabScheduling(options)
                .AddSingleton<RunQueries>().AddSingleton<QueueQueries>().BuildServiceProvider();
            if (await services.GetRequiredService<DatabaseInitializer>().InitializeAsync(CancellationToken.None) is { } failure)
                throw new InvalidOperationException(failure);
            await services.GetRequiredService<Machine>().SetAsync(new DeviceList([new ComputeDevice("cpu", DeviceKind.Cpu, "CPU", Environment.ProcessorCount, 0)], null), CancellationToken.None);
            await AddAsync(services.GetRequiredService<LabWriter>(), runs);
            await MeasureAsync(services, runs, rounds);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(IServiceProvider services, int runs, int rounds)
    {
        (SlotLeases leases, LabWriter writer, QueueService queue) = (services.GetRequiredService<SlotLeases>(), services.GetRequiredService<LabWriter>(), services.GetRequiredService<QueueService>());
        Report.Line($"{runs} runs wait; milliseconds");
        Guid next;
        await using (LabDbContext db = await services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContextAsync())
            next = await WaitingRuns.Of(db).Select(r => r.Id).FirstAsync();
        await AskAsync("the next run takes a slot", async () => (await leases.TakeNextAsync([], CancellationToken.None))!.Value.Entry.Dispose(), () => writer.WriteAsync(async db =>
        {
            await db.Leases.ExecuteDeleteAsync();
            await db.Runs.Where(r => r.State == RunState.Starting).ExecuteUpdateAsync(r => r.SetProperty(x => x.State, RunState.Queued));
        }, CancellationToken.None));
        await AskAsync("runs are brought to free slots", () => services.GetRequiredService<Dispatcher>().DispatchAsync(CancellationToken.None));
        await AskAsync("a priority is changed", () => queue.SetPriorityAsync(next, 3, CancellationToken.None));
        await AskAsync("a run is moved to the end", () => queue.MoveBeforeAsync(next, null, CancellationToken.None));
        await AskAsync("queue page: 1,000 rows", () => services.GetRequiredService<QueueQueries>().ReadAsync(1000, CancellationToken.None));

        async Task AskAsync(string what, Func<Task> ask, Func<Task>? after = null)
        {
            var times = new List<double>();
            for (int i = 0; i <= rounds; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await ask();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (after is not null)
                    await after();
            }

            Report.Line($"{what,-34} median {Report.Median(times.Skip(1)):0.0}, slowest {times.Skip(1).Max():0.0}");
        }
    }

    private static Task AddAsync(LabWriter writer, int runs) => writer.WriteAsync(
        async db =>
        {
            var version = new DatasetVersion
            {
                Dataset = new Dataset { Name = "benchmark", CreatedAt = DateTime.UtcNow },
                Number = 1,
                Hash = new string('0', 64),
                Root = "/",
                Layout = "csv",
                Classes = ["a", "b"],
                TrainCount = 1000,
                ValidationCount = 100,
                TestCount = 0,
                ProblemCount = 0,
                Licence = "",
                CreatedAt = DateTime.UtcNow,
            };
            db.DatasetVersions.Add(version);
            string spec = SpecText.ToJson(Presets.QuickStart.Spec);
            for (int i = 0; i < runs; i++)
            {
                var run = new Run { Name = $"run-{i}", SpecJson = spec, Classes = ["a", "b"], CreatedAt = DateTime.UtcNow, DatasetVersion = version, Priority = i % 7 - 3 };
                run.Move(RunState.Queued, "Launched.", DateTime.UtcNow.AddSeconds(i));
                db.Runs.Add(run);
            }

            await db.SaveChangesAsync();
        },
        CancellationToken.None);
}
