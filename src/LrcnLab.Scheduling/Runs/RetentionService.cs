using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Runs;

/// <summary>A checkpoint that the rules let go.</summary>
public sealed record GoingCheckpoint(Guid Id, Guid RunId, string RunName, string Kind, int Epoch, long Step, long Bytes, string Sha256);

/// <summary>What applying rules would do.</summary>
/// <param name="Going">What would be removed, by run and step.</param>
/// <param name="Kept">How many checkpoints of ended runs stay.</param>
/// <param name="FreedBytes">Files that nothing else refers to.</param>
public sealed record RetentionPlan(IReadOnlyList<GoingCheckpoint> Going, int Kept, long FreedBytes);

/// <summary>Keeps the rules by which checkpoints are let go, says what they would do, and does it. Runs that train, wait or lie in the bin are left alone.</summary>
public sealed class RetentionService(LabWriter writer, ArtifactStore artifacts, IDbContextFactory<LabDbContext> contexts, RunFeed feed, TimeProvider clock, ILogger<RetentionService> logger)
{
    private static readonly RunState[] Untouched = [RunState.Draft, RunState.Queued, RunState.Starting, RunState.Running, RunState.Pausing, RunState.Stopping];

    private DateTimeOffset _appliedAt;

    public async Task<RetentionPolicy> ReadAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Settings.Where(s => s.Key == Setting.Retention).Select(s => s.Value).SingleOrDefaultAsync(cancellationToken) is { } text
            ? JsonSerializer.Deserialize<RetentionPolicy>(text, LabJson.Options)! : new RetentionPolicy();
    }

    /// <returns>Why not, in words; null when it is kept.</returns>
    public async Task<string?> SaveAsync(RetentionPolicy policy, CancellationToken cancellationToken)
    {
        if (policy.Refusal() is string refusal)
            return refusal;
        string text = JsonSerializer.Serialize(policy, LabJson.Options);
        await writer.WriteAsync(
            async db =>
            {
                if (await db.Settings.FindAsync([Setting.Retention], cancellationToken) is { } known)
                    known.Value = text;
                else
                    db.Settings.Add(new Setting { Key = Setting.Retention, Value = text });
            },
            cancellationToken);
        return null;
    }

    /// <summary>What the rules would do now; nothing is changed.</summary>
    public async Task<RetentionPlan> PlanAsync(RetentionPolicy policy, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await PlanAsync(db, policy, cancellationToken);
    }

    /// <summary>Does what the rules say, as it is at this moment.</summary>
    public async Task<RetentionPlan> ApplyAsync(RetentionPolicy policy, CancellationToken cancellationToken)
    {
        RetentionPlan done = await writer.WriteAsync(
            async db =>
            {
                RetentionPlan plan = await PlanAsync(db, policy, cancellationToken);
                Guid[] going = [.. plan.Going.Select(g => g.Id)];
                await db.Checkpoints.Where(c => going.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);
                return plan;
            },
            cancellationToken);
        // Without their rows the files are found at the next start too.
        if (done.Going.Count > 0)
            await artifacts.RemoveUnreferencedAsync([.. done.Going.Select(g => g.Sha256).Distinct()], CancellationToken.None);
        foreach (Guid run in done.Going.Select(g => g.RunId).Distinct())
            feed.Publish(run, RunParts.Checkpoints);
        return done;
    }

    /// <summary>Gives a checkpoint a name, by which it is kept whatever the rules say; an empty one takes the name away.</summary>
    /// <returns>Why not, in words; null when it is done.</returns>
    public async Task<string?> NameAsync(Guid checkpoint, string? name, CancellationToken cancellationToken)
    {
        string? trimmed = string.IsNullOrWhiteSpace(name) ? null : name.Trim();
        if (trimmed?.Length > 100 || trimmed?.Any(char.IsControl) == true)
            return "A name has at most 100 characters, without control characters.";
        Guid? run = await writer.WriteAsync(
            async db =>
            {
                if (await db.Checkpoints.SingleOrDefaultAsync(c => c.Id == checkpoint, cancellationToken) is not { } found)
                    return (Guid?)null;
                found.Name = trimmed;
                return found.RunId;
            },
            cancellationToken);
        if (run is not Guid id)
            return $"There is no checkpoint {checkpoint}; a newer one may have replaced it.";
        feed.Publish(id, RunParts.Checkpoints);
        return null;
    }

    /// <summary>Once a day, where the rules say so.</summary>
    internal async Task ApplyDailyAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - _appliedAt < TimeSpan.FromDays(1))
            return;
        _appliedAt = clock.GetUtcNow();
        RetentionPolicy policy = await ReadAsync(cancellationToken);
        if (!policy.Daily)
            return;
        RetentionPlan done = await ApplyAsync(policy, cancellationToken);
        if (done.Going.Count > 0)
            logger.LogInformation("The retention rules removed {Checkpoints} checkpoints, {Bytes} bytes", done.Going.Count, done.FreedBytes);
    }

    private static async Task<RetentionPlan> PlanAsync(LabDbContext db, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        var rows = await (from c in db.Checkpoints.AsNoTracking()
                          join r in db.Runs on c.RunId equals r.Id
                          where r.BinnedAt == null && !Untouched.Contains(r.State) && !db.Leases.Any(l => l.RunId == r.Id)
                          select new { Checkpoint = c, r.Name, r.State }).ToListAsync(cancellationToken);
        var going = new List<GoingCheckpoint>();
        foreach (var run in rows.GroupBy(r => r.Checkpoint.RunId))
        {
            RetainedCheckpoint[] all = [.. run.Select(r => new RetainedCheckpoint(r.Checkpoint.Id, r.Checkpoint.Kind, r.Checkpoint.Epoch, r.Checkpoint.Step, r.Checkpoint.Name, r.Checkpoint.Metrics))];
            var reasons = Retention.Reasons(policy, all, run.First().State is RunState.Paused or RunState.Interrupted);
            going.AddRange(run.Where(r => reasons[r.Checkpoint.Id].Count == 0).OrderBy(r => r.Checkpoint.Step).Select(r => new GoingCheckpoint(
                r.Checkpoint.Id, run.Key, r.Name, r.Checkpoint.Kind, r.Checkpoint.Epoch, r.Checkpoint.Step, r.Checkpoint.Bytes, r.Checkpoint.Sha256)));
        }

        Guid[] ids = [.. going.Select(g => g.Id)];
        string[] files = [.. going.Select(g => g.Sha256).Distinct()];
        List<string> stay = await db.Checkpoints.Where(c => files.Contains(c.Sha256) && !ids.Contains(c.Id)).Select(c => c.Sha256).Union(db.PredictionFiles.Where(p => files.Contains(p.Sha256)).Select(p => p.Sha256)).ToListAsync(cancellationToken);
        return new RetentionPlan([.. going.OrderBy(g => g.RunName, StringComparer.OrdinalIgnoreCase).ThenBy(g => g.RunId).ThenBy(g => g.Step)], rows.Count - going.Count, going.DistinctBy(g => g.Sha256).Where(g => !stay.Contains(g.Sha256)).Sum(g => g.Bytes));
    }
}
