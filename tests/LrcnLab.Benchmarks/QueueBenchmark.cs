using System.Diagnostics;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage;
using LrcnLab.Web.Features.Queue;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Benchmarks;

/// <summary>What the scheduler's decisions and the queue page take with many runs waiting, in a real SQLite file.</summary>
internal static class QueueBenchmark
{
    /// <param name="rounds">How often each is done; the first one, which warms up, does not count.</param>
    /// <param name="runs">That wait.</param>
    public static async Task<int> RunAsync(int rounds, int runs)
    {
        await using BenchmarkLab lab = await BenchmarkLab.CreateAsync();
        await lab.Get<Machine>().SetAsync(new DeviceList([new ComputeDevice("cpu", DeviceKind.Cpu, "CPU", Environment.ProcessorCount, 0)], null), CancellationToken.None);
        await lab.AddRunsAsync(runs, RunState.Queued);
        await MeasureAsync(lab, runs, rounds);
        return 0;
    }

    private static async Task MeasureAsync(BenchmarkLab lab, int runs, int rounds)
    {
        (SlotLeases leases, LabWriter writer, QueueService queue) = (lab.Get<SlotLeases>(), lab.Get<LabWriter>(), lab.Get<QueueService>());
        Report.Line($"{runs} runs wait; milliseconds");
        Guid next;
        await using (LabDbContext db = await lab.OpenAsync())
            next = await WaitingRuns.Of(db).Select(r => r.Id).FirstAsync();
        await AskAsync("the next run takes a slot", async () => (await leases.TakeNextAsync([], CancellationToken.None))!.Value.Entry.Dispose(), () => writer.WriteAsync(async db =>
        {
            await db.Leases.ExecuteDeleteAsync();
            await db.Runs.Where(r => r.State == RunState.Starting).ExecuteUpdateAsync(r => r.SetProperty(x => x.State, RunState.Queued));
        }, CancellationToken.None));
        await AskAsync("runs are brought to free slots", () => lab.Get<Dispatcher>().DispatchAsync(CancellationToken.None));
        await AskAsync("a priority is changed", () => queue.SetPriorityAsync(next, 3, CancellationToken.None));
        await AskAsync("a run is moved to the end", () => queue.MoveBeforeAsync(next, null, CancellationToken.None));
        await AskAsync("queue page: 1,000 rows", () => lab.Get<QueueQueries>().ReadAsync(1000, CancellationToken.None));

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
}
