using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Writes the rows of new runs: drafts, runs that wait, forks with the checkpoint that they begin with.</summary>
internal sealed class RunMaker(ArtifactStore artifacts, TimeProvider clock)
{
    /// <summary>Null when the draft that the request names is none, or the checkpoint to fork is gone.</summary>
    /// <param name="db">Within a write.</param>
    /// <param name="request">Checked.</param>
    /// <param name="version">Of the data.</param>
    /// <param name="queue">Whether it waits for a slot from now on; else it is a draft.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    public async Task<(Run? Run, SpecProblem? Problem)> MakeAsync(LabDbContext db, RunRequest request, DatasetVersion version, bool queue, CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        Run? run = null;
        if (request.Draft is Guid draft && (run = await db.Runs.SingleOrDefaultAsync(r => r.Id == draft, cancellationToken)) is not { State: RunState.Draft, BinnedAt: null })
            return (null, new SpecProblem("draft", run is null ? $"There is no draft {draft}: it was removed." : run.BinnedAt is not null ? $"\"{run.Name}\" is in the bin: restore it first." : $"\"{run.Name}\" is no draft any more: it was launched."));
        var (project, experiment, sweep) = await RunGroups.FindOrAddAsync(db, request, now, cancellationToken);
        run ??= db.Runs.Add(new Run { Name = "", SpecJson = "", Classes = [], CreatedAt = now }).Entity;
        run.Specify(request.Spec, version);
        (run.Name, run.Preset, run.Priority) = (request.Name.Trim(), request.Preset, request.Priority);
        (run.ProjectId, run.ExperimentId, run.SweepId) = (project.Id, experiment?.Id, sweep?.Id);
        if (run.ParentId is null && request.CopyOf is Guid copied)
            (run.ParentId, run.Relation) = (copied, RunRelation.Copy);
        if (request.Fork is null && await WeightsChoice.ApplyAsync(db, run, request.Spec, artifacts, cancellationToken) is { } unknown && queue)
            return (null, unknown);
        // What follows names the run, which must be there first.
        await db.SaveChangesAsync(cancellationToken);
        if (request.Fork is Guid checkpoint && await ForkAsync(db, run, checkpoint, request.Spec, cancellationToken) is { } problem)
            return (null, problem);
        if (queue)
            db.RunStateChanges.Add(run.Move(RunState.Queued, "Launched.", now, request.Person).Change!);
        return (run, null);
    }

    /// <summary>Two runs: the first phase, which waits for a slot, and the second, a draft until then; <see cref="SecondPhases"/> launches it.</summary>
    /// <returns>The second.</returns>
    public async Task<(Run? Run, SpecProblem? Problem)> MakeInPhasesAsync(LabDbContext db, RunRequest request, DatasetVersion version, CancellationToken cancellationToken)
    {
        RunRequest single = request with { Name = Shortened($"{request.Name.Trim()}, single frames"), Spec = TwoPhases.First(request.Spec, request.FirstPhaseEpochs), Draft = null };
        var (first, problem) = await MakeAsync(db, single, version, queue: true, cancellationToken);
        if (first is null)
            return (null, problem);
        (Run? second, problem) = await MakeAsync(db, request with { Spec = TwoPhases.Second(request.Spec, first.Id), CopyOf = null }, version, queue: false, cancellationToken);
        if (second is not null)
            (second.ParentId, second.Relation) = (first.Id, RunRelation.SecondPhase);
        return (second, problem);
    }

    /// <summary>A run that does again what another did.</summary>
    public async Task<Run> RepeatAsync(LabDbContext db, Run first, RunSpec spec, string? person, CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        var run = new Run
        {
            Name = Shortened($"{first.Name} again"),
            SpecJson = SpecText.ToJson(spec),
            Preset = first.Preset,
            ParentId = first.Id,
            Relation = RunRelation.Reproduction,
            ForkStep = first.ForkStep,
            WeightsSha256 = first.WeightsSha256,
            ProjectId = first.ProjectId,
            ExperimentId = first.ExperimentId,
            SweepId = first.SweepId,
            DatasetVersionId = first.DatasetVersionId,
            Classes = [.. first.Classes],
            CreatedAt = now,
            Epochs = spec.Training.Epochs,
            DeviceAsked = spec.Resources.Device,
            SlotsAsked = spec.Resources.Slots,
        };
        db.Runs.Add(run);
        await db.SaveChangesAsync(cancellationToken);
        if (await db.Checkpoints.SingleOrDefaultAsync(c => c.RunId == first.Id && c.Kind == Checkpoint.Start, cancellationToken) is { } start)
            db.Checkpoints.Add(Copy(start, run.Id));
        db.RunStateChanges.Add(run.Move(RunState.Queued, $"Does again what \"{first.Name}\" did.", now, person).Change!);
        return run;
    }

    public static string Shortened(string name) => name.Length <= 200 ? name : name[..200];

    private async Task<SpecProblem?> ForkAsync(LabDbContext db, Run run, Guid checkpointId, RunSpec spec, CancellationToken cancellationToken)
    {
        var found = await db.Checkpoints.Where(c => c.Id == checkpointId).Join(db.Runs, c => c.RunId, r => r.Id, (c, r) => new { Checkpoint = c, Parent = r }).SingleOrDefaultAsync(cancellationToken);
        // Held, so that a newer checkpoint of the parent cannot make the file go before this run's row refers to it.
        using IncomingArtifact? file = found is null ? null : artifacts.TakeStored(found.Checkpoint.Sha256);
        if (file is null)
            return new SpecProblem("fork", $"There is no checkpoint {checkpointId}: a newer one may have replaced it.");
        Run parent = found!.Parent;
        if (parent.ReadSpec() is not { } before)
            return new SpecProblem("fork", $"The specification of \"{parent.Name}\" was written by a later version of this program.");
        if (ForkRules.Problem(before, parent.Classes, spec, run.Classes, found.Checkpoint.Epoch) is { } problem)
            return problem;
        (run.ParentId, run.Relation, run.ForkStep) = (parent.Id, RunRelation.Fork, found.Checkpoint.Step);
        db.Checkpoints.RemoveRange(db.Checkpoints.Where(c => c.RunId == run.Id && c.Kind == Checkpoint.Start));
        db.Checkpoints.Add(Copy(found.Checkpoint, run.Id));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    private static Checkpoint Copy(Checkpoint checkpoint, Guid run) => new()
    {
        RunId = run,
        Kind = Checkpoint.Start,
        Epoch = checkpoint.Epoch,
        Step = checkpoint.Step,
        Sha256 = checkpoint.Sha256,
        Bytes = checkpoint.Bytes,
        WeightsBytes = checkpoint.WeightsBytes,
        WeightsSha256 = checkpoint.WeightsSha256,
        Metrics = new Dictionary<string, double>(checkpoint.Metrics),
        CreatedAt = checkpoint.CreatedAt,
    };
}
