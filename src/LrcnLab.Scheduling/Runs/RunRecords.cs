using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>What runs were made of and what came out, to compare a reproduction with the run that it repeats.</summary>
public static class RunRecords
{
    /// <summary>Null when the run repeats none, is not completed, or what it repeats is gone or goes on.</summary>
    public static async Task<Reproduction?> CompareAsync(LabDbContext db, MetricStore metrics, Run again, CancellationToken cancellationToken)
    {
        if (again is not { Relation: RunRelation.Reproduction, State: RunState.Completed, ParentId: Guid first })
            return null;
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == first && r.State == RunState.Completed, cancellationToken) is not { } original)
            return null;
        return Reproduction.Compare(await ReadAsync(db, metrics, original, cancellationToken), await ReadAsync(db, metrics, again, cancellationToken));
    }

    private static async Task<RunRecord> ReadAsync(LabDbContext db, MetricStore metrics, Run run, CancellationToken cancellationToken)
    {
        RunSpec spec = run.ReadSpec() ?? new RunSpec();
        spec = spec with { Resources = spec.Resources with { Precision = run.Precision ?? spec.Resources.Precision, Threads = 0 } };
        var inputs = new Dictionary<string, string>
        {
            ["data hash"] = await db.DatasetVersions.Where(v => v.Id == run.DatasetVersionId).Select(v => v.Hash).SingleAsync(cancellationToken),
            ["device"] = run.Device ?? "-",
            ["threads"] = $"{run.Threads}",
            ["begins with"] = await db.Checkpoints.Where(c => c.RunId == run.Id && c.Kind == Checkpoint.Start).Select(c => c.WeightsSha256).SingleOrDefaultAsync(cancellationToken) ?? run.WeightsSha256 ?? "its seed",
            ["continued with"] = run.Amendments.Count == 0 ? "nothing" : string.Join(", ", run.Amendments),
        };
        if (run.VersionsJson is not null)
        {
            foreach (var (name, version) in JsonSerializer.Deserialize<Dictionary<string, string>>(run.VersionsJson, LabJson.Options)!)
                inputs[name] = version;
        }

        string? weights = await db.Checkpoints.Where(c => c.RunId == run.Id && c.Kind == "last").Select(c => c.WeightsSha256).SingleOrDefaultAsync(cancellationToken);
        return new RunRecord(spec, inputs, weights, (await metrics.ListAsync(run.Id, cancellationToken)).ToDictionary(s => s.Key, s => s.Last.Value));
    }
}
