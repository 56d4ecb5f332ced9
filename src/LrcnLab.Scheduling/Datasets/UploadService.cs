using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>A file that a browser is about to send.</summary>
/// <param name="Path">Relative, with forward slashes.</param>
public sealed record UploadEntry(string Path, long Bytes);

/// <summary>How far an upload is. <paramref name="Received"/> has the bytes on disk of each file, by its number.</summary>
public sealed record UploadProgress(Guid Id, string Name, UploadState State, int FileCount, long TotalBytes, long ReceivedBytes, int ReceivedFiles, DateTime ReceivedAt, IReadOnlyList<long> Received);

/// <summary>Why an upload is not accepted, and which field of the request says so.</summary>
public sealed record UploadRefusal(string Field, string Message);

/// <summary>Uploads from announcement to completion; <see cref="UploadReceiver"/> takes their pieces.</summary>
public sealed class UploadService(LabWriter writer, IDbContextFactory<LabDbContext> contexts, DiskReserve reserve, LabPaths paths, TimeProvider clock)
{
    /// <summary>More are sent as an archive: each file is a row and a request.</summary>
    public const int MaxFiles = 200_000;

    /// <summary>Left free for everything else that is written meanwhile.</summary>
    private const long KeptFree = 64L << 20;

    /// <summary>Announces files. The same list again finds the unfinished upload of before, so that it goes on where it stopped.</summary>
    /// <exception cref="StorageFullException">The disk has no room for anything.</exception>
    public async Task<(UploadProgress? Upload, bool Resumed, UploadRefusal? Refusal)> CreateAsync(string name, IReadOnlyList<UploadEntry> files, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (Refusal(name, files) is UploadRefusal refusal)
            return (null, false, refusal);
        reserve.RequireRoom();
        if (await FindUnfinishedAsync(name, files, cancellationToken) is Guid known)
            return (await GetAsync(known, cancellationToken), true, null);

        long total = files.Sum(f => f.Bytes);
        DateTime now = clock.GetUtcNow().UtcDateTime;
        var (id, free) = await writer.WriteAsync(
            async db =>
            {
                long room = reserve.FreeBytes - KeptFree - await AwaitedBytesAsync(db, cancellationToken);
                if (total > room)
                    return ((Guid?)null, Math.Max(0, room));
                var upload = new Upload { Name = name, FileCount = files.Count, TotalBytes = total, CreatedAt = now, ReceivedAt = now };
                upload.Files.AddRange(files.Select((f, i) => new UploadFile { Number = i, Path = f.Path, Bytes = f.Bytes }));
                db.Uploads.Add(upload);
                return (upload.Id, 0L);
            },
            cancellationToken);
        return id is Guid created
            ? (await GetAsync(created, cancellationToken), false, null)
            : (null, false, new UploadRefusal("files", $"The files have {Size(total)}, and the server's disk has room for {Size(free)}: free some space there, or send less."));
    }

    /// <summary>Null when there is no such upload.</summary>
    public async Task<UploadProgress?> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        Upload? upload = await db.Uploads.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellationToken);
        if (upload is null)
            return null;
        var files = await db.UploadFiles.Where(f => f.UploadId == id).OrderBy(f => f.Number).Select(f => new { f.Bytes, f.ReceivedBytes }).ToListAsync(cancellationToken);
        return new UploadProgress(
            upload.Id, upload.Name, upload.State, upload.FileCount, upload.TotalBytes, files.Sum(f => f.ReceivedBytes), files.Count(f => f.ReceivedBytes == f.Bytes), upload.ReceivedAt,
            [.. files.Select(f => f.ReceivedBytes)]);
    }

    /// <summary>Uploads that were begun and not finished, the newest first, without the figures of each file.</summary>
    public async Task<IReadOnlyList<UploadProgress>> UnfinishedAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Uploads.AsNoTracking().Where(u => u.State == UploadState.Receiving).OrderByDescending(u => u.ReceivedAt).Take(20)
            .Select(u => new UploadProgress(
                u.Id, u.Name, u.State, u.FileCount, u.TotalBytes, u.Files.Sum(f => f.ReceivedBytes), u.Files.Count(f => f.ReceivedBytes == f.Bytes), u.ReceivedAt, Array.Empty<long>()))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Closes an upload whose files are all there; harmless to repeat.</summary>
    /// <returns>Whether there is such an upload, and why it cannot be closed.</returns>
    public async Task<(bool Found, string? Refusal)> CompleteAsync(Guid id, CancellationToken cancellationToken)
    {
        List<string> empty;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            UploadState? state = await db.Uploads.Where(u => u.Id == id).Select(u => (UploadState?)u.State).SingleOrDefaultAsync(cancellationToken);
            if (state is null)
                return (false, null);
            if (state == UploadState.Received)
                return (true, null);
            if (state == UploadState.Canceled)
                return (true, "The upload was canceled.");
            int missing = await db.UploadFiles.CountAsync(f => f.UploadId == id && f.ReceivedBytes < f.Bytes, cancellationToken);
            if (missing > 0)
                return (true, string.Create(CultureInfo.InvariantCulture, $"{missing:N0} files of the upload are not complete yet."));
            empty = await db.UploadFiles.Where(f => f.UploadId == id && f.Bytes == 0).Select(f => f.Path).ToListAsync(cancellationToken);
        }

        foreach (string path in empty)
        {
            string file = Path.Combine(paths.UploadFiles(id), path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, [], cancellationToken);
        }

        DateTime now = clock.GetUtcNow().UtcDateTime;
        int changed = await writer.WriteAsync(
            db => db.Uploads.Where(u => u.Id == id && u.State == UploadState.Receiving)
                .ExecuteUpdateAsync(u => u.SetProperty(x => x.State, UploadState.Received).SetProperty(x => x.ReceivedAt, now), cancellationToken),
            cancellationToken);
        return (true, changed == 0 ? "The upload was canceled." : null);
    }

    /// <summary>Ends an upload and removes its files, unless an import or a data set needs them.</summary>
    /// <returns>Whether there is such an upload, and why it stays.</returns>
    public async Task<(bool Found, string? Refusal)> CancelAsync(Guid id, CancellationToken cancellationToken)
    {
        string folder = paths.UploadFolder(id);
        (bool Found, string? Refusal) result = await writer.WriteAsync(
            async db =>
            {
                Upload? upload = await db.Uploads.SingleOrDefaultAsync(u => u.Id == id, cancellationToken);
                if (upload is null)
                    return (false, (string?)null);
                if (await db.Imports.AnyAsync(i => i.UploadId == id && i.State == ImportState.Running, cancellationToken))
                    return (true, "An import reads these files now: cancel it first.");
                if (await db.DatasetVersions.AnyAsync(v => v.Root.StartsWith(folder), cancellationToken))
                    return (true, "A data set uses these files.");
                upload.State = UploadState.Canceled;
                await db.UploadFiles.Where(f => f.UploadId == id).ExecuteDeleteAsync(cancellationToken);
                return (true, null);
            },
            cancellationToken);
        if (result is { Found: true, Refusal: null })
            UploadFolders.Remove(folder);
        return result;
    }

    private static UploadRefusal? Refusal(string name, IReadOnlyList<UploadEntry> files)
    {
        if (name.Length is 0 or > 400 || name.Any(char.IsControl))
            return new UploadRefusal("name", "An upload has a name of 1 to 400 characters, without control characters.");
        if (files.Count is 0 or > MaxFiles)
            return new UploadRefusal("files", string.Create(CultureInfo.InvariantCulture, $"An upload has {files.Count:N0} files: allowed are 1 to {MaxFiles:N0}. Send more as a .zip or .tar archive."));
        for (int i = 0; i < files.Count; i++)
        {
            // The sum of all must fit too.
            if (files[i].Bytes is < 0 or > long.MaxValue / MaxFiles)
                return new UploadRefusal($"files[{i}].bytes", $"\"{files[i].Path}\" cannot have {files[i].Bytes} bytes.");
        }

        return UploadPath.FirstProblem([.. files.Select(f => f.Path)], OperatingSystem.IsWindows()) is (int index, string message)
            ? new UploadRefusal($"files[{index}].path", message)
            : null;
    }

    private async Task<Guid?> FindUnfinishedAsync(string name, IReadOnlyList<UploadEntry> files, CancellationToken cancellationToken)
    {
        long total = files.Sum(f => f.Bytes);
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<Guid> candidates = await db.Uploads
            .Where(u => u.State == UploadState.Receiving && u.Name == name && u.FileCount == files.Count && u.TotalBytes == total)
            .OrderByDescending(u => u.ReceivedAt).Select(u => u.Id).ToListAsync(cancellationToken);
        foreach (Guid id in candidates)
        {
            List<UploadEntry> known = await db.UploadFiles.Where(f => f.UploadId == id).OrderBy(f => f.Number).Select(f => new UploadEntry(f.Path, f.Bytes)).ToListAsync(cancellationToken);
            if (known.SequenceEqual(files))
                return id;
        }

        return null;
    }

    /// <summary>What the other unfinished uploads will still need.</summary>
    private static async Task<long> AwaitedBytesAsync(LabDbContext db, CancellationToken cancellationToken) =>
        await db.UploadFiles.Where(f => db.Uploads.Any(u => u.Id == f.UploadId && u.State == UploadState.Receiving)).SumAsync(f => f.Bytes - f.ReceivedBytes, cancellationToken);

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N1} MiB");
}
