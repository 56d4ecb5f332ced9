using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs.Life;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs;

/// <summary>How far a run is.</summary>
public sealed record RunProgress(long Step, long Steps, int Epoch, int Epochs, string? Stage, double? SecondsLeft);

/// <summary>A series in five numbers.</summary>
public sealed record MetricSummary(double Last, double Best, double Min, double Max, double First, long Count);

/// <summary>One line in a table of runs.</summary>
public sealed record RunRow(
    Guid Id, string Name, RunState State, string? Reason, string? Preset, string Dataset, RunProgress Progress,
    IReadOnlyDictionary<string, MetricSummary> Metrics, DateTime CreatedAt, DateTime? StartedAt, DateTime? EndedAt, int Priority, DateTime? QueuedAt,
    string Project, string? Experiment, string? Sweep, int Slots, string? FailureLabel, DateTime? BinnedAt, string? BinnedBy, string? Device,
    IReadOnlyList<string> Tags, DateTime? ArchivedAt, Guid DatasetVersionId, int DatasetVersion);

public sealed record RunHistoryEntry(DateTime Time, RunState From, RunState To, string Cause, string? Person);

public sealed record CheckpointRow(
    Guid Id, string Kind, int Epoch, long Step, long Bytes, string Sha256, long WeightsBytes, string WeightsSha256,
    IReadOnlyDictionary<string, double> Metrics, DateTime CreatedAt, string? Name, string? Problem)
{
    /// <param name="problem">What is wrong with its file, as it was last read; null when nothing is.</param>
    public static CheckpointRow Of(Checkpoint c, string? problem) =>
        new(c.Id, c.Kind, c.Epoch, c.Step, c.Bytes, c.Sha256, c.WeightsBytes, c.WeightsSha256, c.Metrics, c.CreatedAt, c.Name, problem);
}

/// <param name="SlotHours">Hours on slots, of all attempts, summed over slots.</param>
/// <param name="EnergyWh">Of the GPU; null where nobody measures it.</param>
public sealed record RunUsage(double SlotHours, double? EnergyWh);

/// <summary>Everything that the page of one run shows besides its series.</summary>
public sealed record RunDetail(
    Guid Id, string Name, RunState State, string? Reason, string? Preset, RunSpec Spec, IReadOnlyList<string> Classes,
    Guid DatasetId, string DatasetName, int DatasetVersion, string DatasetHash, RunProgress Progress,
    IReadOnlyDictionary<string, MetricSummary> Metrics, string? Device, IReadOnlyDictionary<string, string> Versions, int Attempt,
    DateTime CreatedAt, DateTime? StartedAt, DateTime? EndedAt, IReadOnlyList<RunHistoryEntry> History, IReadOnlyList<CheckpointRow> Checkpoints,
    string Project, string? Experiment, string? Sweep, int Priority, string? FailureLabel, IReadOnlyList<string> Amendments, RunFamily Family, RunUsage Usage, DateTime? BinnedAt, string? BinnedBy, int TrainSamples,
    IReadOnlyList<string> Tags, string Notes, DateTime? ArchivedAt);

/// <summary>What pages and API read of runs. Every call opens its own context and never touches metric history.</summary>
public sealed class RunQueries(IDbContextFactory<LabDbContext> database, MetricStore metrics, TimeProvider clock)
{
    /// <summary>Runs that are not in the bin, the newest first.</summary>
    public async Task<IReadOnlyList<RunRow>> ListAsync(RunState[]? states, int take, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        IQueryable<Run> runs = db.Runs.AsNoTracking().Where(r => r.BinnedAt == null);
        if (states is not null)
            runs = runs.Where(r => states.Contains(r.State));
        return await RowsAsync(db, runs.OrderByDescending(r => r.CreatedAt).Take(take), cancel);
    }

    /// <summary>Runs in the bin, the latest first.</summary>
    public async Task<IReadOnlyList<RunRow>> BinAsync(int take, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return [.. (await RowsAsync(db, db.Runs.AsNoTracking().Where(r => r.BinnedAt != null).OrderByDescending(r => r.BinnedAt).Take(take), cancel)).OrderByDescending(r => r.BinnedAt)];
    }

    public async Task<int> CountBinAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Runs.CountAsync(r => r.BinnedAt != null, cancel);
    }

    /// <summary>The runs of these ids that exist, in the order asked for.</summary>
    public async Task<IReadOnlyList<RunRow>> FindAsync(IReadOnlyList<Guid> ids, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var rows = await RowsAsync(db, db.Runs.AsNoTracking().Where(r => ids.Contains(r.Id)), cancel);
        Dictionary<Guid, RunRow> byId = rows.ToDictionary(r => r.Id);
        return [.. ids.Distinct().Select(byId.GetValueOrDefault).OfType<RunRow>()];
    }

    public async Task<RunDetail?> GetAsync(Guid id, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var found = await (from r in db.Runs.AsNoTracking()
                           where r.Id == id
                           join v in db.DatasetVersions on r.DatasetVersionId equals v.Id
                           join d in db.Datasets on v.DatasetId equals d.Id
                           select new { Run = r, DatasetId = d.Id, d.Name, v.Number, v.Hash, v.TrainCount, Project = r.Project.Name, Experiment = r.Experiment!.Name, Sweep = r.Sweep!.Name }).FirstOrDefaultAsync(cancel);
        if (found is null)
            return null;

        Run run = found.Run;
        var history = await db.RunStateChanges.AsNoTracking().Where(c => c.RunId == id).OrderByDescending(c => c.Time).ThenByDescending(c => c.Id).ToListAsync(cancel);
        Dictionary<string, MetricSummary> summaries = (await SummariesAsync([id], cancel)).GetValueOrDefault(id) ?? [];
        return new RunDetail(
            run.Id, run.Name, run.State, run.Reason, run.Preset, run.ReadSpec() ?? new RunSpec(), run.Classes,
            found.DatasetId, found.Name, found.Number, found.Hash, Progress(run), summaries,
            run.Device, run.VersionsJson is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(run.VersionsJson, LabJson.Options)!,
            run.Attempt, run.CreatedAt, run.StartedAt, run.EndedAt,
            [.. history.Select(c => new RunHistoryEntry(c.Time, c.From, c.To, c.Cause, c.Person))], await CheckpointsAsync(id, cancel),
            found.Project, found.Experiment, found.Sweep, run.Priority, run.FailureLabel, run.Amendments, await RunFamily.ReadAsync(db, metrics, run, cancel), await UsageAsync(db, run, summaries, cancel), run.BinnedAt, run.BinnedBy, found.TrainCount, run.Tags, run.Notes, run.ArchivedAt);
    }

    public async Task<IReadOnlyList<CheckpointRow>> CheckpointsAsync(Guid run, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var rows = await (from c in db.Checkpoints.AsNoTracking() where c.RunId == run join a in db.Artifacts on c.Sha256 equals a.Sha256 select new { Checkpoint = c, a.Problem }).ToListAsync(cancel);
        return [.. rows.OrderBy(r => r.Checkpoint.Kind == "best" ? 0 : r.Checkpoint.Kind == "last" ? 1 : r.Checkpoint.Kind == Checkpoint.Start ? 3 : 2).ThenByDescending(r => r.Checkpoint.Epoch)
            .Select(r => CheckpointRow.Of(r.Checkpoint, r.Problem))];
    }

    private async Task<RunUsage> UsageAsync(LabDbContext db, Run run, Dictionary<string, MetricSummary> summaries, CancellationToken cancel)
    {
        DateTime? since = await db.Leases.Where(l => l.RunId == run.Id).Select(l => (DateTime?)l.TakenAt).FirstOrDefaultAsync(cancel);
        double seconds = run.SecondsOnSlots + (since is { } taken ? Math.Max(0, (clock.GetUtcNow().UtcDateTime - taken).TotalSeconds) : 0);
        return new RunUsage(seconds * run.SlotsAsked / 3600, summaries.GetValueOrDefault(SystemMetrics.Energy)?.Last);
    }

    private async Task<IReadOnlyList<RunRow>> RowsAsync(LabDbContext db, IQueryable<Run> runs, CancellationToken cancel)
    {
        var found = await (from r in runs
                           join v in db.DatasetVersions on r.DatasetVersionId equals v.Id
                           join d in db.Datasets on v.DatasetId equals d.Id
                           // Not the whole run: its specification alone is larger than all of this.
                           select new
                           {
                               r.Id,
                               r.Name,
                               r.State,
                               r.Reason,
                               r.Preset,
                               Dataset = d.Name,
                               Progress = new RunProgress(r.Step, r.Steps, r.Epoch, r.Epochs, r.Stage, r.SecondsLeft),
                               r.CreatedAt,
                               r.StartedAt,
                               r.EndedAt,
                               r.Priority,
                               r.QueuedAt,
                               Project = r.Project.Name,
                               Experiment = r.Experiment!.Name,
                               Sweep = r.Sweep!.Name,
                               r.SlotsAsked,
                               r.FailureLabel,
                               r.BinnedAt,
                               r.BinnedBy,
                               r.Device,
                               r.Tags,
                               r.ArchivedAt,
                               r.DatasetVersionId,
                               v.Number,
                           }).ToListAsync(cancel);
        var summaries = await SummariesAsync([.. found.Select(r => r.Id)], cancel);
        return [.. found.OrderByDescending(r => r.CreatedAt).Select(r => new RunRow(
            r.Id, r.Name, r.State, r.Reason, r.Preset, r.Dataset, r.Progress, summaries.GetValueOrDefault(r.Id) ?? [],
            r.CreatedAt, r.StartedAt, r.EndedAt, r.Priority, r.QueuedAt, r.Project, r.Experiment, r.Sweep, r.SlotsAsked, r.FailureLabel, r.BinnedAt, r.BinnedBy, r.Device, r.Tags, r.ArchivedAt, r.DatasetVersionId, r.Number))];
    }

    private async Task<Dictionary<Guid, Dictionary<string, MetricSummary>>> SummariesAsync(IReadOnlyList<Guid> runs, CancellationToken cancel) =>
        (await metrics.ListAsync(runs, cancel)).GroupBy(s => s.RunId)
            .ToDictionary(g => g.Key, g => g.ToDictionary(s => s.Key, s => new MetricSummary(s.Last.Value, s.Best.Value, s.Min.Value, s.Max.Value, s.First.Value, s.Count)));

    private static RunProgress Progress(Run run) => new(run.Step, run.Steps, run.Epoch, run.Epochs, run.Stage, run.SecondsLeft);
}
