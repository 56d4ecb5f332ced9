using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;

namespace LrcnLab.Storage.Entities;

/// <summary>One training execution. This row is the truth about it; queue and processes follow.</summary>
public sealed class Run : IVersioned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }

    /// <summary>Changes only through <see cref="Move"/>.</summary>
    public RunState State { get; private set; } = RunState.Draft;

    /// <summary>Why it is where it is, in words; end states always carry one.</summary>
    public string? Reason { get; private set; }

    /// <summary>What kind of fault made it fail, in a few words; null where none is known.</summary>
    public string? FailureLabel { get; private set; }

    /// <summary>The specification it was queued with, which never changes then; <see cref="Specify"/>.</summary>
    public required string SpecJson { get; set; }

    /// <summary>What was changed of it since, by assignments such as <c>training.epochs=30</c>: the run was continued.</summary>
    public List<string> Amendments { get; set; } = [];

    /// <summary>Name of the preset it started from.</summary>
    public string? Preset { get; set; }

    /// <summary>The run that it was made from; it may be gone.</summary>
    public Guid? ParentId { get; set; }

    /// <summary>What it is to <see cref="ParentId"/>.</summary>
    public RunRelation? Relation { get; set; }

    /// <summary>The parent's step at which a fork begins; 0 for others.</summary>
    public long ForkStep { get; set; }

    /// <summary>The file of weights that it begins with, as it was when the run was launched; it is kept for as long as the run is there. Null for none.</summary>
    public string? WeightsSha256 { get; set; }

    public Guid ProjectId { get; set; } = Project.DefaultId;
    public Project Project { get; init; } = null!;
    public Guid? ExperimentId { get; set; }
    public Experiment? Experiment { get; init; }
    public Guid? SweepId { get; set; }
    public Sweep? Sweep { get; init; }

    public Guid DatasetVersionId { get; set; }
    public DatasetVersion DatasetVersion { get; init; } = null!;

    /// <summary>Class names, by label.</summary>
    public required List<string> Classes { get; set; }

    public required DateTime CreatedAt { get; init; }
    public DateTime? QueuedAt { get; set; }

    /// <summary>Of the first attempt.</summary>
    public DateTime? StartedAt { get; set; }

    public DateTime? EndedAt { get; set; }

    /// <summary>Seconds that its ended attempts were on their slots.</summary>
    public double SecondsOnSlots { get; set; }

    /// <summary>Workers started for it so far.</summary>
    public int Attempt { get; set; }

    /// <summary>How often it went on by itself since its last new checkpoint.</summary>
    public int AutomaticResumes { get; set; }

    /// <summary>From <see cref="QueuePlace.Lowest"/> to <see cref="QueuePlace.Highest"/>; the higher goes first.</summary>
    public int Priority { get; set; }

    /// <summary>The smaller goes first among equal priorities; <see cref="QueuePlace.Order"/>.</summary>
    public double QueueOrder { get; set; }

    /// <summary>What the specification asks for, for the queue.</summary>
    public DeviceKind DeviceAsked { get; set; }

    /// <summary>Slots that it needs together, as the specification says.</summary>
    public int SlotsAsked { get; set; } = 1;

    /// <summary>It was asked to give its slot to a run of higher priority, and goes back into the queue by itself.</summary>
    public bool Yields { get; set; }

    /// <summary>Sequence number of the last worker event that is stored.</summary>
    public long LastSequence { get; set; }

    /// <summary>Optimizer updates done.</summary>
    public long Step { get; set; }

    public long Steps { get; set; }
    public int StepsPerEpoch { get; set; }

    /// <summary>The running epoch, from 1; 0 before the first.</summary>
    public int Epoch { get; set; }

    public int Epochs { get; set; }

    /// <summary>What the worker does, in a word.</summary>
    public string? Stage { get; set; }

    /// <summary>As the worker reckons; null while unknown.</summary>
    public double? SecondsLeft { get; set; }

    public string? Device { get; set; }

    /// <summary>CPU threads with which it computes; 0 before the first start.</summary>
    public int Threads { get; set; }

    /// <summary>In which it computes, where the specification leaves that to the worker; null before the first start.</summary>
    public Precision? Precision { get; set; }

    /// <summary>Versions of program, runtime and libraries by name, as JSON.</summary>
    public string? VersionsJson { get; set; }

    /// <summary>When the worker promised its next sign of life.</summary>
    public DateTime? CheckInDue { get; set; }

    /// <summary>When it was put into the bin; null where it is not.</summary>
    public DateTime? BinnedAt { get; set; }

    public string? BinnedBy { get; set; }

    /// <summary>Words that people gave it; <see cref="RunTag"/>.</summary>
    public List<string> Tags { get; set; } = [];

    /// <summary>What people noted about it, in Markdown.</summary>
    public string Notes { get; set; } = "";

    /// <summary>When it was put away: it is kept, and tables show it only to those who ask. Null where it is not.</summary>
    public DateTime? ArchivedAt { get; set; }

    public uint RowVersion { get; set; }

    /// <summary>The specification by which it trains: as it was queued, with what was amended since. Null when a later version of this program wrote it.</summary>
    public RunSpec? ReadSpec() => SpecText.Parse(SpecJson).Spec is { } spec ? SpecText.Set(spec, Amendments).Spec : null;

    /// <summary>Says what a run is to do that was never queued.</summary>
    /// <exception cref="InvalidOperationException">It is no draft.</exception>
    public void Specify(RunSpec spec, DatasetVersion version)
    {
        if (State != RunState.Draft)
            throw new InvalidOperationException($"A run that is {State.Word()} keeps its specification.");
        SpecJson = SpecText.ToJson(spec);
        (DatasetVersionId, Classes) = (version.Id, [.. version.Classes]);
        (Epochs, DeviceAsked, SlotsAsked) = (spec.Training.Epochs, spec.Resources.Device, spec.Resources.Slots);
    }

    /// <summary>Takes a legal step and returns the change to record, or returns the refusal that names both states.</summary>
    /// <param name="to">The state to move to.</param>
    /// <param name="cause">Why, in words.</param>
    /// <param name="now">UTC</param>
    /// <param name="person">Who asked for it; null when nobody did.</param>
    public (RunStateChange? Change, string? Refusal) Move(RunState to, string cause, DateTime now, string? person = null)
    {
        if (RunTransitions.Refusal(State, to) is string refusal)
            return (null, refusal);

        var change = new RunStateChange { RunId = Id, Time = now, From = State, To = to, Cause = cause, Person = person };
        State = to;
        Reason = cause;
        FailureLabel = to == RunState.Failed ? FailureRules.Match(cause)?.Label : null;
        EndedAt = to.IsEnd() ? now : null;
        if (to == RunState.Queued)
        {
            QueuedAt = now;
            // What goes on by itself keeps its place.
            if (change.From != RunState.Interrupted && !Yields)
                QueueOrder = QueuePlace.Last(Priority, now).Order;
        }

        Yields &= to is RunState.Pausing or RunState.Paused or RunState.Interrupted;
        if (to == RunState.Starting)
            StartedAt ??= now;
        if (!to.IsActive())
            (CheckInDue, SecondsLeft, Stage) = (null, null, null);
        return (change, null);
    }

    /// <summary>The move of a run that gave its slot away, back into the queue; null for any other.</summary>
    public RunStateChange? ReturnToQueue(DateTime now) =>
        Yields && State is (RunState.Paused or RunState.Interrupted) ? Move(RunState.Queued, "Waits for a slot again.", now).Change : null;
}
