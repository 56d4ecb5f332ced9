using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Web.Tests;

/// <summary>Runs with a curve, put straight into a server's database.</summary>
internal static class StoredRuns
{
    public const int StepsPerEpoch = 10;

    public static async Task<Guid> AddAsync(IServiceProvider services, string name, RunState state, Func<RunSpec, RunSpec> change, Func<int, double> loss, int steps, CancellationToken cancel)
    {
        DatasetVersion version = await services.GetRequiredService<LabWriter>().WriteAsync(
            async db => await db.DatasetVersions.FirstOrDefaultAsync(cancel) ?? db.DatasetVersions.Add(new DatasetVersion
            {
                Dataset = new Dataset { Name = "table", CreatedAt = DateTime.UtcNow },
                Number = 1,
                Hash = new string('0', 64),
                Root = "/",
                Layout = "csv",
                Classes = ["a"],
                TrainCount = 1,
                ValidationCount = 1,
                TestCount = 0,
                ProblemCount = 0,
                Licence = "",
                CreatedAt = DateTime.UtcNow,
            }).Entity,
            cancel);
        var run = new Run { Name = name, SpecJson = SpecText.ToJson(change(Presets.QuickStart.Spec)), Classes = ["a"], CreatedAt = DateTime.UtcNow, DatasetVersionId = version.Id, StepsPerEpoch = StepsPerEpoch };
        foreach (RunState next in state == RunState.Draft ? [] : (RunState[])[RunState.Queued, RunState.Starting, RunState.Running, .. state == RunState.Running ? (RunState[])[] : [state]])
            run.Move(next, "For the test.", DateTime.UtcNow);
        await services.GetRequiredService<LabWriter>().WriteAsync(
            db =>
            {
                db.Runs.Add(run);
                // Somewhere else somebody looks after it: else the server would say that nobody does.
                if (state == RunState.Running)
                    db.Leases.Add(new Lease { RunId = run.Id, Node = "elsewhere", Owner = "1|1|elsewhere", Token = Guid.CreateVersion7(), TakenAt = DateTime.UtcNow, ExpiresAt = DateTime.UtcNow.AddHours(1) });
                return Task.CompletedTask;
            },
            cancel);
        await services.GetRequiredService<MetricStore>().WriteAsync(run.Id, [.. Enumerable.Range(1, steps).Select(s => Sample(s, loss(s)))], cancel);
        return run.Id;
    }

    public static MetricSample Sample(int step, double loss) => new("train/loss", new MetricPoint(step, step / (double)StepsPerEpoch, DateTime.UnixEpoch.AddSeconds(step), loss));
}
