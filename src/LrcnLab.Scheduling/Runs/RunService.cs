using LrcnLab.Core.Specs;
using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Runs;

/// <summary>What people ask of runs. Each method but <see cref="CreateAsync"/> returns null, or the refusal in words.</summary>
public sealed class RunService(LabWriter writer)
{
    /// <summary>Records a run with the newest version of its data set and queues it.</summary>
    public Task<CreateRunResult> CreateAsync(string name, RunSpec spec, string? preset, CancellationToken cancellationToken) => throw new NotImplementedException(writer.ToString());

    /// <summary>Finish the step, write a checkpoint, end. A run that waits ends at once.</summary>
    public Task<string?> StopAsync(Guid runId, string cause, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>End at once, without a checkpoint.</summary>
    public Task<string?> CancelAsync(Guid runId, string cause, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Finish the step, write a checkpoint, give the slot back.</summary>
    public Task<string?> PauseAsync(Guid runId, string cause, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Queue again; training goes on from the last checkpoint.</summary>
    public Task<string?> ResumeAsync(Guid runId, string cause, CancellationToken cancellationToken) => throw new NotImplementedException();
}
