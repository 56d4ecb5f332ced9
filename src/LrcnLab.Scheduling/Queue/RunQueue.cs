using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Queue;

/// <summary>Hangfire's queue of runs: a hint that a run wants a slot. A job too many does no harm, and one that was lost is made again.</summary>
internal sealed class RunQueue(JobStorage storage, IBackgroundJobClientV2 jobs, LabWriter writer)
{
    /// <summary>Makes a job for a queued run and notes it in the run's row.</summary>
    public async Task EnqueueAsync(Guid runId, CancellationToken cancellationToken)
    {
        string? jobId = jobs.Create(Job.FromExpression<TrainJob>(job => job.RunAsync(runId, CancellationToken.None)), new EnqueuedState(QueueNames.Train));
        await writer.WriteAsync(
            db => db.Runs.Where(r => r.Id == runId).ExecuteUpdateAsync(r => r.SetProperty(x => x.JobId, jobId), cancellationToken),
            cancellationToken);
    }

    /// <summary>True while the job waits or runs.</summary>
    public bool IsLive(string? jobId)
    {
        if (jobId is null)
            return false;
        using IStorageConnection connection = storage.GetConnection();
        string? state = connection.GetJobData(jobId)?.State;
        return state is not null && state != SucceededState.StateName && state != FailedState.StateName && state != DeletedState.StateName;
    }
}
