using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Storage;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>The manifests of data-set versions on disk.</summary>
public sealed class VersionFolders(LabPaths paths, DiskReserve reserve, IDbContextFactory<LabDbContext> contexts)
{
    /// <returns>Null when there is no such file.</returns>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public async Task<DatasetManifest?> ReadAsync(Guid versionId, CancellationToken cancellationToken)
    {
        string path = Path.Combine(paths.DatasetFolder(versionId), WorkerProtocol.ManifestFile);
        try
        {
            await using FileStream file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<DatasetManifest>(file, LabJson.Options, cancellationToken) ?? throw new InvalidDataException($"The manifest {path} is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The manifest {path} is damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes the folder of a version. Whoever sees its manifest sees all of it.</summary>
    /// <exception cref="StorageFullException">The disk has no room.</exception>
    internal async Task WriteAsync(Guid versionId, DatasetManifest manifest, CancellationToken cancellationToken)
    {
        reserve.RequireRoom();
        string folder = paths.DatasetFolder(versionId), path = Path.Combine(folder, WorkerProtocol.ManifestFile);
        try
        {
            Directory.CreateDirectory(folder);
            await using (FileStream file = File.Create(path + ".tmp"))
            {
                await JsonSerializer.SerializeAsync(file, manifest, LabJson.Indented, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".tmp", path);
        }
        catch (IOException e) when (e.IsDiskFull())
        {
            throw new StorageFullException(reserve.Shortage ?? "The disk with the data folder is full.", e);
        }
    }

    internal async Task RemoveUnlessRecordedAsync(Guid versionId)
    {
        string folder = paths.DatasetFolder(versionId);
        await using LabDbContext db = await contexts.CreateDbContextAsync(CancellationToken.None);
        if (Directory.Exists(folder) && !await db.DatasetVersions.AnyAsync(v => v.Id == versionId, CancellationToken.None))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>What an end of the program at the wrong moment left: folders that no version knows. Only while nothing is imported or edited.</summary>
    internal async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        HashSet<Guid> known;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            known = [.. await db.DatasetVersions.Select(v => v.Id).ToListAsync(cancellationToken)];
        foreach (string folder in Directory.Exists(paths.DatasetRoot) ? Directory.GetDirectories(paths.DatasetRoot) : [])
        {
            if (Guid.TryParse(Path.GetFileName(folder), out Guid id) && !known.Contains(id))
                Directory.Delete(folder, recursive: true);
        }
    }
}
