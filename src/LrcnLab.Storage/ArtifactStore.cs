using System.Security.Cryptography;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage;

/// <summary>
/// Files by content: <c>artifacts/ab/abcdef…</c>. A file is taken into the folder, then a row names it; when no row refers to it any more, file and row go.
/// So after a crash there may be a file without a row, which <see cref="RemoveStrayAsync"/> finds, but never a row in use without its file.
/// </summary>
public sealed class ArtifactStore(LabPaths paths, LabWriter writer, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _incoming = [];

    /// <summary>Path of the artifact's file; null when there is none.</summary>
    public string? Find(string sha256)
    {
        string file = paths.ArtifactFile(sha256);
        return File.Exists(file) ? file : null;
    }

    /// <summary>Null when there is no such artifact. Seekable; a removal meanwhile does not disturb it.</summary>
    public Stream? OpenRead(string sha256) => Find(sha256) is string file
        ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous)
        : null;

    /// <summary>Moves a file into the store under the hash of its content. The file is moved before it is read, so nobody can change it in between.</summary>
    public async Task<IncomingArtifact> TakeAsync(string file, CancellationToken cancellationToken)
    {
        string waiting = Path.Combine(paths.ArtifactRoot, $"incoming-{Guid.CreateVersion7()}");
        File.Move(file, waiting);
        string sha256;
        long bytes;
        await using (var stream = new FileStream(waiting, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan))
        {
            bytes = stream.Length;
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        }

        string target = paths.ArtifactFile(sha256);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        lock (_lock)
        {
            if (File.Exists(target))
                File.Delete(waiting);
            else
                File.Move(waiting, target);
            return Hold(sha256, bytes);
        }
    }

    /// <summary>Holds on to content that is in the store already; null when it is not.</summary>
    public IncomingArtifact? TakeStored(string sha256)
    {
        lock (_lock)
            return Find(sha256) is string file ? Hold(sha256, new FileInfo(file).Length) : null;
    }

    /// <summary>Adds the row of a taken file to <paramref name="db"/>, within the write that also adds what refers to it.</summary>
    public async Task AddAsync(LabDbContext db, IncomingArtifact artifact, CancellationToken cancellationToken)
    {
        if (await db.Artifacts.FindAsync([artifact.Sha256], cancellationToken) is null)
            db.Artifacts.Add(new Artifact { Sha256 = artifact.Sha256, Bytes = artifact.Bytes, CreatedAt = clock.GetUtcNow().UtcDateTime });
    }

    /// <summary>Moves a file into the store and records it. Harmless to repeat after it succeeded.</summary>
    /// <returns>The path in the store.</returns>
    /// <exception cref="InvalidDataException">The content does not have this hash.</exception>
    public async Task<string> ImportAsync(string file, string sha256, CancellationToken cancellationToken)
    {
        using IncomingArtifact artifact = File.Exists(file)
            ? await TakeAsync(file, cancellationToken)
            : TakeStored(sha256) ?? throw new FileNotFoundException($"The file \"{file}\" does not exist, and the store has no artifact {sha256}.");
        if (artifact.Sha256 != sha256)
            throw new InvalidDataException($"The file \"{file}\" has the SHA-256 {artifact.Sha256} instead of {sha256}.");
        await writer.WriteAsync(db => AddAsync(db, artifact, cancellationToken), cancellationToken);
        return paths.ArtifactFile(sha256);
    }

    /// <summary>The artifacts in use. The file of one that is not in use may be gone already while its row still stands.</summary>
    internal static IQueryable<Artifact> Referenced(LabDbContext db) =>
        db.Artifacts.Where(a => db.Checkpoints.Any(c => c.Sha256 == a.Sha256) || db.PredictionFiles.Any(p => p.Sha256 == a.Sha256) || db.WeightsFiles.Any(w => w.Sha256 == a.Sha256) || db.Runs.Any(r => r.WeightsSha256 == a.Sha256));

    /// <summary>
    /// Removes those artifacts of <paramref name="candidates"/>, or of all, to which no checkpoint, file of predictions, file of weights or beginning of a run refers.
    /// None while an <see cref="ArtifactHold"/> stands: they are found again by a call for all.
    /// </summary>
    /// <returns>How many were removed.</returns>
    public Task<int> RemoveUnreferencedAsync(IReadOnlyCollection<string>? candidates, CancellationToken cancellationToken) => writer.WriteAsync(
        async db =>
        {
            using IDisposable? right = ArtifactHold.TryRemove(paths);
            if (right is null)
                return 0;
            IQueryable<Artifact> among = candidates is null ? db.Artifacts : db.Artifacts.Where(a => candidates.Contains(a.Sha256));
            IQueryable<Artifact> referenced = Referenced(db);
            List<Artifact> unreferenced = await among.Where(a => !referenced.Any(r => r.Sha256 == a.Sha256)).ToListAsync(cancellationToken);
            // Files go first: a crash before the commit leaves rows to remove again.
            unreferenced.RemoveAll(a => !TryDelete(a.Sha256));
            db.Artifacts.RemoveRange(unreferenced);
            return unreferenced.Count;
        },
        cancellationToken);

    /// <summary>Removes files in the store's folder that no row names and that lie there since before <paramref name="before"/>: what a crash left.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> RemoveStrayAsync(DateTime before, CancellationToken cancellationToken)
    {
        HashSet<string> known = await writer.WriteAsync(async db => (await db.Artifacts.Select(a => a.Sha256).ToListAsync(cancellationToken)).ToHashSet(), cancellationToken);
        int removed = 0;
        foreach (string file in Directory.EnumerateFiles(paths.ArtifactRoot, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetFileName(file);
            if (known.Contains(name) || File.GetLastWriteTimeUtc(file) >= before)
                continue;
            lock (_lock)
            {
                if (_incoming.ContainsKey(name))
                    continue;
                File.Delete(file);
                removed++;
            }
        }

        return removed;
    }

    private IncomingArtifact Hold(string sha256, long bytes)
    {
        _incoming[sha256] = _incoming.GetValueOrDefault(sha256) + 1;
        return new IncomingArtifact(sha256, bytes, () =>
        {
            lock (_lock)
            {
                if (--_incoming[sha256] == 0)
                    _incoming.Remove(sha256);
            }
        });
    }

    private bool TryDelete(string sha256)
    {
        lock (_lock)
        {
            if (_incoming.ContainsKey(sha256))
                return false;
            if (Find(sha256) is string file)
                File.Delete(file);
            return true;
        }
    }
}
