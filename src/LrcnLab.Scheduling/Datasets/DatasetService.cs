using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using LrcnLab.Core.Datasets;
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
    LabOptions options,
    TimeProvider clock,
    ILogger<DatasetService> logger)
{
    /// <summary>The data set that ships with the program.</summary>
    public const string SampleName = "moving-garments";

    /// <summary>Starts an import in the background; its row tells the progress.</summary>
    /// <param name="path">Folder or CSV list.</param>
    /// <param name="name">Of the data set; an existing one gets a new version.</param>
    /// <param name="trusted">True when the path comes from the program or its command line; otherwise it must lie below the samples or an import root.</param>
    /// <exception cref="StorageFullException">The disk has no room for a data set.</exception>
    public async Task<(Guid? ImportId, string? Refusal)> StartImportAsync(string path, string name, bool trusted, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (name.Length is 0 or > 200 || name.Any(char.IsControl))
            return (null, "A data set has a name of 1 to 200 characters, without control characters.");
        if (string.IsNullOrWhiteSpace(path) || !Path.IsPathFullyQualified(path))
            return (null, $"\"{path}\" is no absolute path: give the whole path of a folder or CSV list.");
        string canonical = ImportPath.Canonical(path);
        // Whether a path outside exists is nobody's business, so this comes first.
        if (!trusted && ImportPath.Refusal(canonical, [options.SamplesDirectory, .. options.ImportRoots]) is string refusal)
            return (null, refusal);
        if (!Directory.Exists(canonical) && !File.Exists(canonical))
            return (null, $"\"{path}\" does not exist.");

        reserve.RequireRoom();
        var (id, running) = await writer.WriteAsync(db => InsertAsync(db, canonical, name, cancellationToken), cancellationToken);
        if (id is Guid importId)
            jobs.Create(Job.FromExpression<ImportJob>(job => job.RunAsync(importId, CancellationToken.None)), new EnqueuedState(QueueNames.Maintenance));
        return (id, running);
    }

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

    private async Task<(Guid? Id, string? Refusal)> InsertAsync(LabDbContext db, string path, string name, CancellationToken cancellationToken)
    {
        if (await db.Imports.AnyAsync(i => i.Name == name && i.State == ImportState.Running, cancellationToken))
            return (null, $"An import of \"{name}\" is already running.");
        var import = new Import { Name = name, Path = path, Options = new ImportOptions(), State = ImportState.Running, Stage = "waiting", CreatedAt = clock.GetUtcNow().UtcDateTime };
        db.Imports.Add(import);
        return (import.Id, null);
    }
}
