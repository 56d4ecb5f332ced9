using LrcnLab.Core.Datasets;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Runs;

/// <summary>What people ask of runs. The methods on an existing run return null, or the refusal in words.</summary>
public sealed class RunService
{
    private readonly LabWriter _writer;
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly RunChecks _checks;
    private readonly Dispatcher _dispatcher;
    private readonly RunFeed _feed;
    private readonly DiskReserve _reserve;
    private readonly TimeProvider _clock;

    internal RunService(LabWriter writer, IDbContextFactory<LabDbContext> contexts, RunChecks checks, Dispatcher dispatcher, RunFeed feed, DiskReserve reserve, TimeProvider clock) =>
        (_writer, _contexts, _checks, _dispatcher, _feed, _reserve, _clock) = (writer, contexts, checks, dispatcher, feed, reserve, clock);

    /// <summary>Records a run with the newest version of its data set and queues it.</summary>
    /// <exception cref="StorageFullException">The disk has no room for a run.</exception>
    public async Task<CreateRunResult> CreateAsync(RunRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<SpecProblem> problems = request.Problems();
        if (problems.Count > 0)
            return new CreateRunResult(null, problems);

        _reserve.RequireRoom();
        var (version, unfit) = await FindVersionAsync(request.Spec, cancellationToken);
        if (version is null)
            return new CreateRunResult(null, [unfit!]);
        problems = await _checks.BeforeQueueingAsync(request.Spec, version, cancellationToken);
        if (problems.Count > 0)
            return new CreateRunResult(null, problems);

        Guid id = await _writer.WriteAsync(db => InsertAsync(db, request, version, cancellationToken), cancellationToken);
        // The row is there and will start whatever happens now: the caller's token no longer counts.
        await _dispatcher.DispatchAsync(CancellationToken.None);
        _feed.Publish(id, RunParts.State);
        return new CreateRunResult(id, []);
    }

    /// <summary>Finish the step, write a checkpoint, end. A run that waits ends at once.</summary>
    public Task<string?> StopAsync(Guid runId, string cause, CancellationToken cancellationToken) =>
        MoveAsync(runId, cause, state => state is Starting or Running or Pausing ? Stopping : state is Queued ? Canceled : Stopped, cancellationToken);

    /// <summary>End at once, without a checkpoint.</summary>
    public Task<string?> CancelAsync(Guid runId, string cause, CancellationToken cancellationToken) => MoveAsync(runId, cause, _ => Canceled, cancellationToken);

    /// <summary>Finish the step, write a checkpoint, give the slot back.</summary>
    public async Task<string?> PauseAsync(Guid runId, string cause, CancellationToken cancellationToken)
    {
        // One that only gives its slot to another would come back by itself.
        int stays = await _writer.WriteAsync(db => db.Runs.Where(r => r.Id == runId && r.State == Pausing && r.Yields).ExecuteUpdateAsync(r => r.SetProperty(x => x.Yields, false).SetProperty(x => x.RowVersion, x => x.RowVersion + 1), cancellationToken), cancellationToken);
        return stays > 0 ? null : await MoveAsync(runId, cause, state => state.IsActive() ? Pausing : Paused, cancellationToken);
    }

    /// <summary>Queue again; training goes on from the last checkpoint.</summary>
    /// <exception cref="StorageFullException">The disk has no room to go on.</exception>
    public async Task<string?> ResumeAsync(Guid runId, string cause, CancellationToken cancellationToken)
    {
        _reserve.RequireRoom();
        string? refusal = await MoveAsync(runId, cause, _ => Queued, cancellationToken, run =>
        {
            if (run.State == Completed)
                return "A run that is completed has trained all its epochs; start a new run to train longer.";
            run.AutomaticResumes = 0;
            return null;
        });
        if (refusal is null)
            await _dispatcher.DispatchAsync(CancellationToken.None);
        return refusal;
    }

    private async Task<string?> MoveAsync(Guid runId, string cause, Func<RunState, RunState> to, CancellationToken cancellationToken, Func<Run, string?>? check = null)
    {
        string? refusal = await _writer.WriteAsync(
            async db =>
            {
                Run? run = await db.Runs.SingleOrDefaultAsync(r => r.Id == runId, cancellationToken);
                if (run is null)
                    return $"There is no run {runId}.";
                if (check?.Invoke(run) is string objection)
                    return objection;
                var (change, refused) = run.Move(to(run.State), cause, _clock.GetUtcNow().UtcDateTime);
                if (change is not null)
                    db.RunStateChanges.Add(change);
                return refused;
            },
            cancellationToken);
        if (refusal is null)
            _feed.Publish(runId, RunParts.State);
        return refusal;
    }

    /// <summary>The newest version of the data set that a specification names, or what is wrong with it.</summary>
    private async Task<(DatasetVersion? Version, SpecProblem? Problem)> FindVersionAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
        string wanted = spec.Data.Dataset;
        Guid? datasetId = Guid.TryParse(wanted, out Guid id) ? id : null;
        DatasetVersion? version = await db.DatasetVersions.AsNoTracking()
            .Where(v => v.Dataset.Name == wanted || v.DatasetId == datasetId)
            .OrderByDescending(v => v.Number)
            .FirstOrDefaultAsync(cancellationToken);
        if (version is null)
        {
            List<string> known = await db.Datasets.OrderBy(d => d.Name).Select(d => d.Name).Take(20).ToListAsync(cancellationToken);
            string choice = known.Count == 0 ? "There is none yet: import one first." : $"Known are {string.Join(", ", known)}.";
            return Refused("data.dataset", $"There is no data set \"{wanted}\". {choice}");
        }

        if (version.TrainCount == 0)
            return Refused("data.dataset", $"The data set \"{wanted}\" has no sample in its train split, so there is nothing to learn from.");
        if (version.Task != DatasetTask.ActivityRecognition)
            return Refused("data.dataset", $"\"{wanted}\" has sentences and no classes, and activity recognition needs classes: choose a data set with at least two.");
        if (!spec.Data.AllowLeaks && VersionLeaks.Of(version) is { IsLeaking: true } leaks)
            return Refused("data.allowLeaks", $"{leaks.Refusal($"version {version.Number} of \"{wanted}\"")} Or accept that: data.allowLeaks, in the form the box beside the data set.");
        return (version, null);

        static (DatasetVersion?, SpecProblem?) Refused(string path, string message) => (null, new SpecProblem(path, message));
    }

    private async Task<Guid> InsertAsync(LabDbContext db, RunRequest request, DatasetVersion version, CancellationToken cancellationToken)
    {
        DateTime now = _clock.GetUtcNow().UtcDateTime;
        var (project, experiment, sweep) = await RunGroups.FindOrAddAsync(db, request, now, cancellationToken);
        var run = new Run
        {
            Name = request.Name.Trim(),
            SpecJson = SpecText.ToJson(request.Spec),
            Preset = request.Preset,
            ProjectId = project.Id,
            ExperimentId = experiment?.Id,
            SweepId = sweep?.Id,
            DatasetVersionId = version.Id,
            Classes = [.. version.Classes],
            CreatedAt = now,
            Epochs = request.Spec.Training.Epochs,
            Priority = request.Priority,
            DeviceAsked = request.Spec.Resources.Device,
            SlotsAsked = request.Spec.Resources.Slots,
        };
        db.Runs.Add(run);
        // The change names the run, which must be there first.
        await db.SaveChangesAsync(cancellationToken);
        db.RunStateChanges.Add(run.Move(Queued, "Launched.", now).Change!);
        return run.Id;
    }
}
