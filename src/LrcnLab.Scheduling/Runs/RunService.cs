using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Runs;

/// <summary>What people ask of runs. Methods that return a text return the refusal in words, or null when it is done.</summary>
public sealed class RunService
{
    private readonly LabWriter _writer;
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly RunChecks _checks;
    private readonly RunMaker _maker;
    private readonly Dispatcher _dispatcher;
    private readonly RunFeed _feed;
    private readonly DiskReserve _reserve;
    private readonly TimeProvider _clock;

    internal RunService(LabWriter writer, IDbContextFactory<LabDbContext> contexts, RunChecks checks, RunMaker maker, Dispatcher dispatcher, RunFeed feed, DiskReserve reserve, TimeProvider clock) =>
        (_writer, _contexts, _checks, _maker, _dispatcher, _feed, _reserve, _clock) = (writer, contexts, checks, maker, dispatcher, feed, reserve, clock);

    /// <summary>Records a run with the newest version of its data set and queues it.</summary>
    /// <exception cref="StorageFullException">The disk has no room for a run.</exception>
    public async Task<CreateRunResult> CreateAsync(RunRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<SpecProblem> problems = request.Problems();
        if (problems.Count > 0)
            return new CreateRunResult(null, problems);

        _reserve.RequireRoom();
        var (version, unknown) = await FindDataAsync(request.Spec, cancellationToken);
        if (version is null || (unknown = DatasetChoice.Unfit(version, request.Spec)) is not null)
            return new CreateRunResult(null, [unknown!]);
        problems = await _checks.BeforeQueueingAsync(request.Spec, version, cancellationToken);
        return problems.Count > 0 ? new CreateRunResult(null, problems) : await MakeAsync(request, version, queue: true, cancellationToken);
    }

    /// <summary>Keeps a run that is still being thought about, new or as a draft that is there already. It may be one that cannot run yet.</summary>
    public async Task<CreateRunResult> SaveDraftAsync(RunRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<SpecProblem> problems = request.Problems();
        if (problems.Count > 0)
            return new CreateRunResult(null, problems);
        var (version, unknown) = await FindDataAsync(request.Spec, cancellationToken);
        return version is null ? new CreateRunResult(null, [unknown!]) : await MakeAsync(request, version, queue: false, cancellationToken);
    }

    /// <summary>A draft with the settings of a run.</summary>
    public async Task<CreateRunResult> CloneAsync(Guid runId, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
        var found = await db.Runs.AsNoTracking().Where(r => r.Id == runId).Select(r => new { Run = r, Project = r.Project.Name, Experiment = r.Experiment!.Name }).SingleOrDefaultAsync(cancellationToken);
        if (found is null)
            return new CreateRunResult(null, [new SpecProblem("run", $"There is no run {runId}.")]);
        if (found.Run.ReadSpec() is not { } spec)
            return new CreateRunResult(null, [new SpecProblem("spec", $"The specification of \"{found.Run.Name}\" was written by a later version of this program.")]);
        return await SaveDraftAsync(
            new RunRequest(RunMaker.Shortened($"{found.Run.Name} copy"), spec) { Preset = found.Run.Preset, Priority = found.Run.Priority, Project = found.Project, Experiment = found.Experiment, CopyOf = runId }, cancellationToken);
    }

    /// <summary>Runs the record of a completed run again: same settings, same version of the data, same beginning.</summary>
    /// <exception cref="StorageFullException">The disk has no room for a run.</exception>
    public async Task<CreateRunResult> ReproduceAsync(Guid runId, string? person, CancellationToken cancellationToken)
    {
        _reserve.RequireRoom();
        Run? first;
        await using (LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken))
            first = await db.Runs.AsNoTracking().Include(r => r.DatasetVersion).SingleOrDefaultAsync(r => r.Id == runId, cancellationToken);
        if (first is null)
            return new CreateRunResult(null, [new SpecProblem("run", $"There is no run {runId}.")]);
        if (first.State != Completed)
            return new CreateRunResult(null, [new SpecProblem("run", $"\"{first.Name}\" is {first.State.Word()}: only a run that is completed came to its end by its settings alone, so that they can bring about the same again.")]);
        if (first.ReadSpec() is not { } spec)
            return new CreateRunResult(null, [new SpecProblem("spec", $"The specification of \"{first.Name}\" was written by a later version of this program.")]);
        // Which is faster may be found otherwise the next time.
        if (first.Precision is Precision chosen)
            spec = spec with { Resources = spec.Resources with { Precision = chosen } };
        IReadOnlyList<SpecProblem> problems = await _checks.BeforeQueueingAsync(spec, first.DatasetVersion, cancellationToken);
        if (problems.Count > 0)
            return new CreateRunResult(null, problems);
        Guid id = await _writer.WriteAsync(async db => (await _maker.RepeatAsync(db, first, spec, person, cancellationToken)).Id, cancellationToken);
        await StartAsync(id);
        return new CreateRunResult(id, []);
    }

    /// <summary>Finish the step, write a checkpoint, end. A run that waits ends at once.</summary>
    public Task<string?> StopAsync(Guid runId, string cause, string? person, CancellationToken cancellationToken) =>
        MoveAsync(runId, cause, person, state => state is Starting or Running or Pausing ? Stopping : state is Queued ? Canceled : Stopped, null, cancellationToken);

    /// <summary>End at once, without a checkpoint.</summary>
    public Task<string?> CancelAsync(Guid runId, string cause, string? person, CancellationToken cancellationToken) => MoveAsync(runId, cause, person, _ => Canceled, null, cancellationToken);

    /// <summary>Finish the step, write a checkpoint, give the slot back.</summary>
    public async Task<string?> PauseAsync(Guid runId, string cause, string? person, CancellationToken cancellationToken)
    {
        // One that only gives its slot to another would come back by itself.
        int stays = await _writer.WriteAsync(db => db.Runs.Where(r => r.Id == runId && r.State == Pausing && r.Yields).ExecuteUpdateAsync(r => r.SetProperty(x => x.Yields, false).SetProperty(x => x.RowVersion, x => x.RowVersion + 1), cancellationToken), cancellationToken);
        return stays > 0 ? null : await MoveAsync(runId, cause, person, state => state.IsActive() ? Pausing : Paused, null, cancellationToken);
    }

    /// <summary>Queue again; training goes on from the last checkpoint.</summary>
    /// <exception cref="StorageFullException">The disk has no room to go on.</exception>
    public Task<string?> ResumeAsync(Guid runId, string cause, string? person, CancellationToken cancellationToken) => QueueAgainAsync(runId, cause, person, (_, run) =>
        Task.FromResult(run.State switch
        {
            Completed => "A run that is completed has trained all its epochs: continue it with more, or start a new one.",
            Draft => "A draft was never started: launch it.",
            _ => null,
        }), cancellationToken);

    /// <summary>Train the same run longer than it was to be, from its last checkpoint on.</summary>
    /// <param name="runId">Of a run that does not train now.</param>
    /// <param name="epochs">After which it ends, counted from its first.</param>
    /// <param name="person">Who asks.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StorageFullException">The disk has no room to go on.</exception>
    public Task<string?> ContinueAsync(Guid runId, int epochs, string? person, CancellationToken cancellationToken) => QueueAgainAsync(runId, $"Continues to epoch {epochs}.", person, async (db, run) =>
    {
        if (run.State.IsActive() || run.State is Draft or Queued)
            return $"A run that is {run.State.Word()} cannot be continued: pause or stop it first.";
        if (run.ReadSpec() is not { } spec)
            return "Its specification was written by a later version of this program.";
        int? done = await db.Checkpoints.Where(c => c.RunId == runId && c.Kind == "last").Select(c => (int?)c.Epoch).SingleOrDefaultAsync(cancellationToken);
        if (done is null)
            return "It has no checkpoint to go on from: start it again, or copy it to a new run.";
        if (epochs <= done)
            return $"It has trained {done} {(done == 1 ? "epoch" : "epochs")} already, and is to end after {epochs}: give {done + 1} or more.";
        List<string> amendments = [.. run.Amendments.Where(a => !a.StartsWith("training.epochs=", StringComparison.Ordinal)), $"training.epochs={epochs}"];
        // It ended early by itself, and would do so again at once.
        if (run.State == Completed && done < spec.Training.Epochs)
            amendments.Add("training.earlyStopping.patience=0");
        SpecResult amended = SpecText.Set(spec, amendments);
        if (!amended.IsValid)
            return amended.Problems[0].Message;
        (run.Amendments, run.Epochs) = (amendments, epochs);
        return null;
    }, cancellationToken);

    private async Task<string?> QueueAgainAsync(Guid runId, string cause, string? person, Func<LabDbContext, Run, Task<string?>> check, CancellationToken cancellationToken)
    {
        _reserve.RequireRoom();
        string? refusal = await MoveAsync(runId, cause, person, _ => Queued, async (db, run) =>
        {
            run.AutomaticResumes = 0;
            return await check(db, run);
        }, cancellationToken);
        if (refusal is null)
            await _dispatcher.DispatchAsync(CancellationToken.None);
        return refusal;
    }

    private async Task<string?> MoveAsync(
        Guid runId, string cause, string? person, Func<RunState, RunState> to, Func<LabDbContext, Run, Task<string?>>? check, CancellationToken cancellationToken)
    {
        string? refusal = await _writer.WriteAsync(
            async db =>
            {
                Run? run = await db.Runs.SingleOrDefaultAsync(r => r.Id == runId, cancellationToken);
                if (run is null)
                    return $"There is no run {runId}.";
                if (run.BinnedAt is not null)
                    return $"\"{run.Name}\" is in the bin: restore it first.";
                if (check is not null && await check(db, run) is string objection)
                {
                    db.ChangeTracker.Clear();
                    return objection;
                }

                var (change, refused) = run.Move(to(run.State), cause, _clock.GetUtcNow().UtcDateTime, person);
                if (change is not null)
                    db.RunStateChanges.Add(change);
                else
                    db.ChangeTracker.Clear();
                return refused;
            },
            cancellationToken);
        if (refusal is null)
            _feed.Publish(runId, RunParts.State);
        return refusal;
    }

    private async Task<(DatasetVersion? Version, SpecProblem? Problem)> FindDataAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
        return await DatasetChoice.FindAsync(db, spec, cancellationToken);
    }

    private async Task<CreateRunResult> MakeAsync(RunRequest request, DatasetVersion version, bool queue, CancellationToken cancellationToken)
    {
        try
        {
            bool phases = queue && request.FirstPhaseEpochs > 0;
            var (id, first) = await _writer.WriteAsync(
                async db =>
                {
                    var (run, problem) = phases ? await _maker.MakeInPhasesAsync(db, request, version, cancellationToken) : await _maker.MakeAsync(db, request, version, queue, cancellationToken);
                    return run is null ? throw new RefusedException(problem!) : (run.Id, phases ? run.ParentId : null);
                },
                cancellationToken);
            if (queue)
                await StartAsync(first ?? id);
            if (!queue || first is not null)
                _feed.Publish(id, RunParts.State);
            return new CreateRunResult(id, []) { FirstPhase = first };
        }
        catch (RefusedException e)
        {
            return new CreateRunResult(null, [e.Problem]);
        }
    }

    private async Task StartAsync(Guid id)
    {
        // The row is there and will start whatever happens now: the caller's token no longer counts.
        await _dispatcher.DispatchAsync(CancellationToken.None);
        _feed.Publish(id, RunParts.State);
    }

    /// <summary>Undoes a write that turned out to be impossible when half of it was done.</summary>
    private sealed class RefusedException(SpecProblem problem) : Exception(problem.Message)
    {
        public SpecProblem Problem { get; } = problem;
    }
}
