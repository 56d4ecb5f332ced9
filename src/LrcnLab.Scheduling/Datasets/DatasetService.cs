using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>What people ask of data sets.</summary>
public sealed class DatasetService(
    LabWriter writer,
    DiskReserve reserve,
    IDbContextFactory<LabDbContext> contexts,
    IBackgroundJobClientV2 jobs,
    ImportSources sources,
    LabOptions options,
    TimeProvider clock,
    ILogger<DatasetService> logger)
{
    /// <summary>The data set that ships with the program.</summary>
    public const string SampleName = "moving-garments";

    private const string Waiting = "waiting";

    /// <summary>Starts an import in the background with what is recognised by itself.</summary>
    /// <inheritdoc cref="StartImportAsync(ImportSource, string, ImportOptions, bool, CancellationToken)"/>
    public async Task<(Guid? ImportId, string? Refusal)> StartImportAsync(string path, string name, bool trusted, CancellationToken cancellationToken)
    {
        (Guid? id, SpecProblem? refusal) = await StartImportAsync(ImportSource.OfPath(path), name, new ImportOptions(), trusted, cancellationToken);
        return (id, refusal?.Message);
    }

    /// <summary>Starts an import in the background; its row tells the progress.</summary>
    /// <param name="name">Of the data set; an existing one gets a new version.</param>
    /// <param name="trusted">True when the path comes from the program or its command line; otherwise it must lie below the samples or an import root.</param>
    /// <returns>Its id, or the field that is wrong and why.</returns>
    /// <exception cref="StorageFullException">The disk has no room for a data set.</exception>
    public async Task<(Guid? ImportId, SpecProblem? Refusal)> StartImportAsync(ImportSource source, string name, ImportOptions decisions, bool trusted, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (name.Length is 0 or > 200 || name.Any(char.IsControl))
            return (null, new SpecProblem("name", "A data set has a name of 1 to 200 characters, without control characters."));
        if (decisions.Problems() is [SpecProblem problem, ..])
            return (null, problem);
        (FoundSource? found, SpecProblem? refusal) = await sources.FindAsync(source, trusted, cancellationToken);
        if (found is null)
            return (null, refusal);

        reserve.RequireRoom();
        (Guid? id, string? running) = await writer.WriteAsync(db => InsertAsync(db, found, name, decisions, cancellationToken), cancellationToken);
        if (id is not Guid importId)
            return (null, new SpecProblem("name", running!));
        jobs.Create(Job.FromExpression<ImportJob>(job => job.RunAsync(importId, CancellationToken.None)), new EnqueuedState(QueueNames.Maintenance));
        return (importId, null);
    }

    /// <summary>Asks an import to stop; it ends a moment later.</summary>
    /// <returns>Whether there is such an import, and why it cannot be canceled.</returns>
    public Task<(bool Found, string? Refusal)> CancelImportAsync(Guid id, CancellationToken cancellationToken) => writer.WriteAsync(
        async db =>
        {
            Import? import = await db.Imports.SingleOrDefaultAsync(i => i.Id == id, cancellationToken);
            if (import is null)
                return (false, (string?)null);
            if (import.State != ImportState.Running)
                return (true, $"The import is {import.State.ToString().ToLowerInvariant()} already.");
            import.CancelRequested = true;
            // Its turn has not come, so nobody else would end it soon.
            if (import.Stage == Waiting)
                (import.State, import.Stage, import.Message, import.EndedAt) = (ImportState.Canceled, "", ImportJob.CanceledMessage, clock.GetUtcNow().UtcDateTime);
            return (true, null);
        },
        cancellationToken);

    /// <summary>Imports the sample data set that ships with the program unless it is there or on its way.</summary>
    public async Task EnsureSampleAsync(CancellationToken cancellationToken)
    {
        string folder = Path.Combine(options.SamplesDirectory, SampleName);
        if (!Directory.Exists(folder))
            return;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (await db.Datasets.AnyAsync(d => d.Name == SampleName, cancellationToken))
                return;
        }

        try
        {
            var (_, refusal) = await StartImportAsync(folder, SampleName, trusted: true, cancellationToken);
            if (refusal is not null)
                logger.LogInformation("The sample data set is not imported: {Reason}", refusal);
        }
        catch (StorageFullException e)
        {
            logger.LogWarning("The sample data set is not imported: {Reason}", e.Message);
        }
    }

    private async Task<(Guid? Id, string? Refusal)> InsertAsync(LabDbContext db, FoundSource source, string name, ImportOptions decisions, CancellationToken cancellationToken)
    {
        if (await db.Imports.AnyAsync(i => i.Name == name && i.State == ImportState.Running, cancellationToken))
            return (null, $"An import of \"{name}\" is already running.");
        var import = new Import
        {
            Name = name,
            Path = source.Path,
            UploadId = source.UploadId,
            Options = decisions,
            State = ImportState.Running,
            Stage = Waiting,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        };
        db.Imports.Add(import);
        return (import.Id, null);
    }
}
