using System.Security.Cryptography;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage;

/// <summary>Files by content: <c>artifacts/ab/abcdef…</c>. A file is in the folder before a row names it, and leaves it after no row does.</summary>
public sealed class ArtifactStore(LabPaths paths, LabWriter writer, TimeProvider clock)
{
    /// <summary>Null when there is no such artifact.</summary>
    public Stream? OpenRead(string sha256) => Find(sha256) is string file
        ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous)
        : null;

    /// <summary>Path of the artifact's file; null when there is none.</summary>
    public string? Find(string sha256)
    {
        string file = paths.ArtifactFile(sha256);
        return File.Exists(file) ? file : null;
    }

    /// <summary>
    /// Null when the file can be added: it has the promised size and content, or the store has the content already.
    /// Otherwise the sentence that says what is wrong with it. Reads the whole file, so call it before the transaction that adds it.
    /// </summary>
    public async Task<string?> VerifyAsync(string file, string sha256, long bytes, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            return Find(sha256) is null ? $"The file \"{Path.GetFileName(file)}\" does not exist." : null;

        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        if (stream.Length != bytes)
            return $"The file \"{Path.GetFileName(file)}\" has {stream.Length} bytes instead of {bytes}.";
        string actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        return actual == sha256 ? null : $"The file \"{Path.GetFileName(file)}\" has the SHA-256 {actual} instead of {sha256}.";
    }

    /// <summary>
    /// Moves a verified file into the store and adds its row to <paramref name="db"/>, to be called inside the write that also adds what refers to it.
    /// Harmless to repeat, also when the program died between move and commit.
    /// </summary>
    public async Task AddAsync(LabDbContext db, string file, string sha256, long bytes, CancellationToken cancellationToken)
    {
        string target = paths.ArtifactFile(sha256);
        if (!File.Exists(target))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(file, target);
        }
        else if (File.Exists(file))
        {
            File.Delete(file);
        }

        if (await db.Artifacts.FindAsync([sha256], cancellationToken) is null)
            db.Artifacts.Add(new Artifact { Sha256 = sha256, Bytes = bytes, CreatedAt = clock.GetUtcNow().UtcDateTime });
    }

    /// <summary>Verifies a file, moves it into the store and records it. Returns its path there.</summary>
    public async Task<string> ImportAsync(string file, string sha256, CancellationToken cancellationToken)
    {
        long bytes = File.Exists(file) ? new FileInfo(file).Length : new FileInfo(paths.ArtifactFile(sha256)).Length;
        if (await VerifyAsync(file, sha256, bytes, cancellationToken) is string problem)
            throw new InvalidDataException(problem);
        await writer.WriteAsync(db => AddAsync(db, file, sha256, bytes, cancellationToken), cancellationToken);
        return paths.ArtifactFile(sha256);
    }

    /// <summary>Removes those artifacts of <paramref name="candidates"/>, or of all, to which neither a checkpoint nor a file of predictions refers.</summary>
    /// <returns>How many were removed.</returns>
    public Task<int> RemoveUnreferencedAsync(IReadOnlyCollection<string>? candidates, CancellationToken cancellationToken) => writer.WriteAsync(
        async db =>
        {
            IQueryable<Artifact> among = candidates is null ? db.Artifacts : db.Artifacts.Where(a => candidates.Contains(a.Sha256));
            List<Artifact> unreferenced = await among
                .Where(a => !db.Checkpoints.Any(c => c.Sha256 == a.Sha256) && !db.PredictionFiles.Any(p => p.Sha256 == a.Sha256))
                .ToListAsync(cancellationToken);
            db.Artifacts.RemoveRange(unreferenced);
            // Files go first and within the writer's turn: a crash in between leaves rows to remove again, never a row in use without its file.
            foreach (Artifact artifact in unreferenced)
                File.Delete(paths.ArtifactFile(artifact.Sha256));
            return unreferenced.Count;
        },
        cancellationToken);
}
