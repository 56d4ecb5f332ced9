using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Removes uploads that nobody needs any more, at start and then every hour.</summary>
internal sealed class UploadUpkeep(
    LabWriter writer, IDbContextFactory<LabDbContext> contexts, LabPaths paths, TimeProvider clock, ILogger<UploadUpkeep> logger) : BackgroundService
{
    /// <summary>How long an upload waits for its next piece or for an import.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>How long files stay whose import gave nothing that uses them, so that an import can follow at once with other options.</summary>
    internal static readonly TimeSpan AfterImport = TimeSpan.FromHours(1);

    internal static readonly TimeSpan StrayAge = TimeSpan.FromDays(1);

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(e, "Removing unneeded uploads failed; trying again in an hour");
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One pass.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (Upload upload in await UnneededAsync(cancellationToken))
        {
            // First the row: a folder without a row is found below, a row without files would offer what is not there.
            await writer.WriteAsync(db => db.Uploads.Where(u => u.Id == upload.Id).ExecuteDeleteAsync(cancellationToken), cancellationToken);
            UploadFolders.Remove(paths.UploadFolder(upload.Id));
            if (upload.State != UploadState.Canceled)
                logger.LogInformation("Removed the upload {Name} of {Files} files: no import or data set needs it, and it was last used at {Time:u}", upload.Name, upload.FileCount, upload.ReceivedAt);
        }

        await RemoveStrayFoldersAsync(cancellationToken);
    }

    private async Task<List<Upload>> UnneededAsync(CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<Upload> uploads = await db.Uploads.AsNoTracking().ToListAsync(cancellationToken);
        List<string> roots = await db.DatasetVersions.Select(v => v.Root).Where(r => r.StartsWith(paths.UploadRoot)).Distinct().ToListAsync(cancellationToken);
        List<Import> imports = await db.Imports.AsNoTracking().Where(i => i.UploadId != null).ToListAsync(cancellationToken);
        return [.. uploads.Where(u => !IsUsed(u) && IsOver(u))];

        bool IsUsed(Upload upload) =>
            roots.Any(r => r.StartsWith(paths.UploadFolder(upload.Id), StringComparison.Ordinal)) || imports.Any(i => i.UploadId == upload.Id && i.State == ImportState.Running);

        bool IsOver(Upload upload)
        {
            Import? last = imports.Where(i => i.UploadId == upload.Id).MaxBy(i => i.EndedAt);
            DateTime used = last?.EndedAt > upload.ReceivedAt ? last.EndedAt.Value : upload.ReceivedAt;
            return now - used > (last?.State == ImportState.Completed ? AfterImport : Patience);
        }
    }

    /// <summary>What is left when a piece came in while its upload was removed, or the program was killed in between.</summary>
    private async Task RemoveStrayFoldersAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(paths.UploadRoot))
            return;
        foreach (string folder in Directory.EnumerateDirectories(paths.UploadRoot))
        {
            // A young one may hold what the preview of an archive on the server unpacked.
            if (!Guid.TryParse(Path.GetFileName(folder), out Guid id) || clock.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(folder) < StrayAge)
                continue;
            await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
            bool known = await db.Uploads.AnyAsync(u => u.Id == id && u.State != UploadState.Canceled, cancellationToken)
                || await db.DatasetVersions.AnyAsync(v => v.Root.StartsWith(folder), cancellationToken);
            if (known)
                continue;
            UploadFolders.Remove(folder);
            logger.LogInformation("Removed the folder of upload {Id}, which nothing refers to", id);
        }
    }
}
