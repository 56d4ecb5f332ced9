using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Imports that the end of the program cut off.</summary>
internal sealed class ImportRecovery(LabWriter writer, LabOptions options, TimeProvider clock)
{
    /// <summary>Marks them as failed. Not where Hangfire's queue is durable and shared: there the job itself is delivered again.</summary>
    public Task EndAbandonedAsync(CancellationToken cancellationToken)
    {
        if (options.Database.Provider != DatabaseProvider.Sqlite)
            return Task.CompletedTask;
        return writer.WriteAsync(
            async db =>
            {
                foreach (Import import in await db.Imports.Where(i => i.State == ImportState.Running).ToListAsync(cancellationToken))
                {
                    (import.State, import.Stage, import.EndedAt) = (import.CancelRequested ? ImportState.Canceled : ImportState.Failed, "", clock.GetUtcNow().UtcDateTime);
                    import.Message = import.CancelRequested ? ImportJob.CanceledMessage : "The program ended while the import ran; start it again.";
                }
            },
            cancellationToken);
    }
}
