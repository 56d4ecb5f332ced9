using System.Security.Cryptography;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Integrity;

/// <summary>An artifact whose file is not what it was.</summary>
/// <param name="Uses">What needs it, in words.</param>
public sealed record DamagedArtifact(string Sha256, string Problem, IReadOnlyList<string> Uses);

/// <summary>Reads artifacts from the disk and compares them with their hashes. What was found stands in the artifact's row, so a check goes on after a restart.</summary>
public sealed class ArtifactVerifier(IDbContextFactory<LabDbContext> contexts, LabWriter writer, ArtifactStore artifacts, TimeProvider clock)
{
    /// <summary>Reads those that were not read since <paramref name="since"/>, the longest unread first.</summary>
    /// <param name="since">UTC.</param>
    /// <param name="bytesPerSecond">At most; null for as fast as the disk gives.</param>
    /// <param name="progress">Told of bytes.</param>
    /// <param name="cancellationToken">Ends it; what was read so far counts.</param>
    /// <returns>How many were read, and how many of them are damaged.</returns>
    public async Task<(int Read, int Damaged)> VerifyAsync(DateTime since, long? bytesPerSecond, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        Artifact[] due;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            due = await db.Artifacts.AsNoTracking().Where(a => a.VerifiedAt == null || a.VerifiedAt < since).OrderBy(a => a.VerifiedAt).ToArrayAsync(cancellationToken);
        (int damaged, long done, long total) = (0, 0, due.Sum(a => a.Bytes));
        foreach (Artifact artifact in due)
        {
            progress?.Invoke(done, total);
            string? problem = await ProblemAsync(artifact, bytesPerSecond, bytes => progress?.Invoke(done + bytes, total), cancellationToken);
            done += artifact.Bytes;
            if (await NoteAsync(artifact.Sha256, problem, cancellationToken) && problem is not null)
                damaged++;
        }

        return (due.Length, damaged);
    }

    /// <summary>Those in use that are damaged or gone, as far as they were read.</summary>
    public async Task<IReadOnlyList<DamagedArtifact>> DamagedAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<Artifact> damaged = await ArtifactStore.Referenced(db).AsNoTracking().Where(a => a.Problem != null).OrderBy(a => a.Sha256).ToListAsync(cancellationToken);
        string[] files = [.. damaged.Select(a => a.Sha256)];
        var checkpoints = await (from c in db.Checkpoints where files.Contains(c.Sha256) join r in db.Runs on c.RunId equals r.Id select new { c.Sha256, Use = $"checkpoint \"{c.Kind}\" of {r.Name}" }).ToListAsync(cancellationToken);
        var predictions = await (from p in db.PredictionFiles where files.Contains(p.Sha256) join r in db.Runs on p.RunId equals r.Id select new { p.Sha256, Use = $"predictions ({p.Split}) of {r.Name}" }).ToListAsync(cancellationToken);
        ILookup<string, string> uses = checkpoints.Concat(predictions).ToLookup(u => u.Sha256, u => u.Use);
        return [.. damaged.Select(a => new DamagedArtifact(a.Sha256, a.Problem!, [.. uses[a.Sha256]]))];
    }

    private async Task<string?> ProblemAsync(Artifact artifact, long? bytesPerSecond, Action<long> read, CancellationToken cancellationToken)
    {
        await using Stream? stream = artifacts.OpenRead(artifact.Sha256);
        if (stream is null)
            return "Its file is gone.";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and int count)
            {
                hash.AppendData(buffer, 0, count);
                read(bytes += count);
                if (bytesPerSecond is long limit)
                    await Task.Delay(TimeSpan.FromSeconds(count / (double)limit), clock, cancellationToken);
            }
        }
        catch (IOException e)
        {
            return $"Its file cannot be read: {e.Message}";
        }

        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
        return found == artifact.Sha256 ? null
            : bytes != artifact.Bytes ? $"Its file has {bytes:N0} bytes instead of {artifact.Bytes:N0}."
            : $"Its content changed: it has the SHA-256 {found} now.";
    }

    /// <returns>False when it was removed while it was read, so that there is nothing to say of it.</returns>
    private Task<bool> NoteAsync(string sha256, string? problem, CancellationToken cancellationToken) => writer.WriteAsync(
        async db =>
        {
            if (await db.Artifacts.FindAsync([sha256], cancellationToken) is not { } artifact)
                return false;
            (artifact.VerifiedAt, artifact.Problem) = (clock.GetUtcNow().UtcDateTime, problem);
            // Of an artifact on its way out the file goes first.
            return await ArtifactStore.Referenced(db).AnyAsync(a => a.Sha256 == sha256, cancellationToken) || problem is null;
        },
        cancellationToken);
}
