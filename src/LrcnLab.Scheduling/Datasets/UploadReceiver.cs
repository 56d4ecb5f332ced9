using System.Buffers.Binary;
using System.Collections.Concurrent;
using LrcnLab.Core;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Datasets;

public enum PieceOutcome { Stored, UnknownUpload, Conflict, Invalid }

/// <summary>What became of a piece. <paramref name="Received"/> is how many bytes of the file are there, from which the browser goes on.</summary>
public sealed record PieceResult(PieceOutcome Outcome, long Received, string Message = "");

/// <summary>
/// Takes the pieces of uploads. A piece is written and flushed before it is recorded, and recorded before it is acknowledged, so none that was acknowledged is ever lost;
/// what a piece that was cut off left in its file is overwritten by the next one.
/// </summary>
public sealed class UploadReceiver(LabWriter writer, IDbContextFactory<LabDbContext> contexts, DiskReserve reserve, LabPaths paths, TimeProvider clock)
{
    /// <summary>Most that one request may carry.</summary>
    public const int MaxPieceBytes = 8 << 20;

    /// <summary>Most files in one batch.</summary>
    public const int MaxBatchFiles = 500;

    /// <summary>Before each file of a batch: its number and its length, 32 bits each, little-endian.</summary>
    public const int BatchHeaderBytes = 8;

    private readonly ConcurrentDictionary<(Guid Upload, int Number), bool> _writing = new();

    /// <summary>Appends to a file.</summary>
    /// <param name="offset">Must be what is there.</param>
    /// <param name="length">Of <paramref name="body"/>, in bytes.</param>
    /// <exception cref="StorageFullException">The disk is full; the piece may come again.</exception>
    public Task<PieceResult> StorePieceAsync(Guid upload, int number, long offset, long length, Stream body, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        UploadFile? file = await FindAsync(upload, number, cancellationToken);
        if (file is null)
            return Unknown(upload, number);
        if (!_writing.TryAdd((upload, number), true))
            return new PieceResult(PieceOutcome.Conflict, file.ReceivedBytes, "Another piece of this file is on its way.");
        try
        {
            // Again, because it may have grown before it was ours.
            file = await FindAsync(upload, number, cancellationToken);
            if (file is null)
                return Unknown(upload, number);
            if (offset != file.ReceivedBytes)
                return new PieceResult(PieceOutcome.Conflict, file.ReceivedBytes, $"The piece begins at {offset}, but {file.ReceivedBytes} bytes are there.");
            if (length <= 0 || length > file.Bytes - offset)
                return new PieceResult(PieceOutcome.Invalid, file.ReceivedBytes, $"The piece has {length} bytes: the file still lacks {file.Bytes - offset}.");
            if (await WriteAsync(upload, file, body, length, cancellationToken) is long missing and > 0)
                return new PieceResult(PieceOutcome.Invalid, offset, $"The piece is {missing} bytes shorter than announced.");
            return await RecordAsync(upload, [file]) ? new PieceResult(PieceOutcome.Stored, offset + length) : Unknown(upload, number);
        }
        finally
        {
            _writing.TryRemove((upload, number), out _);
        }
    });

    /// <summary>Takes many small files at once, each with a header in front (<see cref="BatchHeaderBytes"/>). Files that are there already are skipped, so a batch may come again.</summary>
    /// <exception cref="StorageFullException">The disk is full; the batch may come again.</exception>
    public Task<PieceResult> StoreBatchAsync(Guid upload, Stream body, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var stored = new List<UploadFile>();
        byte[] header = new byte[BatchHeaderBytes];
        try
        {
            while (await body.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) is int read and > 0)
            {
                int number = BinaryPrimitives.ReadInt32LittleEndian(header), length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
                if (read < header.Length || length < 0 || stored.Count == MaxBatchFiles)
                    return new PieceResult(PieceOutcome.Invalid, 0, $"A batch is up to {MaxBatchFiles} files, each with its number and length in front.");
                if (await FindAsync(upload, number, cancellationToken) is not UploadFile file)
                    return Unknown(upload, number);
                if (length != file.Bytes)
                    return new PieceResult(PieceOutcome.Invalid, file.ReceivedBytes, $"File {number} comes with {length} bytes, and {file.Bytes} were announced.");
                if (file.ReceivedBytes == file.Bytes)
                {
                    await SkipAsync(body, length, cancellationToken);
                    continue;
                }

                if (!_writing.TryAdd((upload, number), true))
                    return new PieceResult(PieceOutcome.Conflict, file.ReceivedBytes, $"A piece of file {number} is on its way.");
                stored.Add(file);
                file.ReceivedBytes = 0;
                if (await WriteAsync(upload, file, body, length, cancellationToken) is long missing and > 0)
                    return new PieceResult(PieceOutcome.Invalid, 0, $"The batch is {missing} bytes shorter than announced.");
            }

            return await RecordAsync(upload, stored) ? new PieceResult(PieceOutcome.Stored, stored.Sum(f => f.Bytes)) : Unknown(upload, 0);
        }
        finally
        {
            foreach (UploadFile file in stored)
                _writing.TryRemove((upload, file.Number), out _);
        }
    });

    private async Task<PieceResult> GuardAsync(Func<Task<PieceResult>> store)
    {
        reserve.RequireRoom();
        try
        {
            return await store();
        }
        catch (IOException e) when (e.IsDiskFull())
        {
            throw new StorageFullException(reserve.Shortage ?? "The disk with the data folder is full.", e);
        }
    }

    /// <summary>The file, if its upload still takes pieces.</summary>
    private async Task<UploadFile?> FindAsync(Guid upload, int number, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.UploadFiles.AsNoTracking()
            .Where(f => f.UploadId == upload && f.Number == number && db.Uploads.Any(u => u.Id == upload && u.State == UploadState.Receiving))
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Writes behind what was recorded, flushes, and moves <see cref="UploadFile.ReceivedBytes"/> on.</summary>
    /// <returns>How many bytes did not come.</returns>
    private async Task<long> WriteAsync(Guid upload, UploadFile file, Stream body, long length, CancellationToken cancellationToken)
    {
        string path = Path.Combine(paths.UploadFiles(upload), file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var target = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
        target.SetLength(file.ReceivedBytes);
        target.Position = file.ReceivedBytes;
        long missing = await CopyAsync(body, target, length, cancellationToken);
        if (missing > 0)
            return missing;
        target.Flush(flushToDisk: true);
        file.ReceivedBytes += length;
        return 0;
    }

    /// <summary>False when the upload was canceled meanwhile; its files are gone then.</summary>
    private async Task<bool> RecordAsync(Guid upload, IReadOnlyList<UploadFile> files)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        // Written and flushed already: whether the browser still waits for the answer does not matter any more.
        bool taken = await writer.WriteAsync(
            async db =>
            {
                if (await db.Uploads.Where(u => u.Id == upload && u.State == UploadState.Receiving).ExecuteUpdateAsync(u => u.SetProperty(x => x.ReceivedAt, now)) == 0)
                    return false;
                foreach (UploadFile file in files)
                    await db.UploadFiles.Where(f => f.UploadId == upload && f.Number == file.Number).ExecuteUpdateAsync(f => f.SetProperty(x => x.ReceivedBytes, file.ReceivedBytes));
                return true;
            },
            CancellationToken.None);
        if (!taken)
            UploadFolders.Remove(paths.UploadFolder(upload));
        return taken;
    }

    private static async Task<long> CopyAsync(Stream from, Stream to, long length, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 17];
        while (length > 0)
        {
            int read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellationToken);
            if (read == 0)
                break;
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            length -= read;
        }

        return length;
    }

    private static Task<long> SkipAsync(Stream body, long length, CancellationToken cancellationToken) => CopyAsync(body, Stream.Null, length, cancellationToken);

    private static PieceResult Unknown(Guid upload, int number) => new(PieceOutcome.UnknownUpload, 0, $"Upload {upload} has no file {number} that still takes pieces.");
}
