using System.Security.Cryptography;
using System.Text;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Finds what people want imported, and refuses what they may not read.</summary>
public sealed class ImportSources(IDbContextFactory<LabDbContext> contexts, LabPaths paths, LabOptions options)
{
    /// <summary>The source, or the field of the request that is wrong and why.</summary>
    /// <param name="trusted">True when a path comes from the program or its command line; otherwise it must lie below the samples or an import root.</param>
    internal async Task<(FoundSource? Source, SpecProblem? Refusal)> FindAsync(ImportSource source, bool trusted, CancellationToken cancellationToken) => source switch
    {
        { Path: not null, UploadId: not null } or { Path: null, UploadId: null } => Refuse("path", "An import needs either the path of a folder, list or archive, or the id of an upload."),
        { UploadId: Guid upload } => await FindUploadAsync(upload, cancellationToken),
        { Path: string path } => FindPath(path, trusted),
    };

    /// <summary>Marks a folder with unpacked files as in use, so that the upkeep leaves it alone.</summary>
    internal static void Touch(FoundSource source)
    {
        if (source.Unpack is not string unpack)
            return;
        Directory.CreateDirectory(unpack);
        Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(unpack)!, DateTime.UtcNow);
    }

    /// <summary>Removes the archive of an upload whose content was unpacked and is now used by a data set, so that it does not lie on the disk twice.</summary>
    internal static void DropArchive(FoundSource source, string root)
    {
        if (source is { UploadId: not null, Unpack: string unpack } && root.StartsWith(unpack, StringComparison.Ordinal))
            File.Delete(source.Path);
    }

    /// <summary>As the row of an import remembers it.</summary>
    internal FoundSource Of(Import import) => new(import.Path, import.UploadId, File.Exists(import.Path) ? UnpackFolder(import.Path, import.UploadId) : null);

    private async Task<(FoundSource?, SpecProblem?)> FindUploadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        Upload? upload = await db.Uploads.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellationToken);
        if (upload is null || upload.State == UploadState.Canceled)
            return Refuse("uploadId", $"There is no upload {id}; perhaps it was removed because nothing used it.");
        if (upload.State != UploadState.Received)
            return Refuse("uploadId", "The upload is not complete yet.");
        string folder = paths.UploadFiles(id);
        if (upload.FileCount > 1)
            return (new FoundSource(folder, id, null), null);
        string only = Path.Combine(folder, await db.UploadFiles.Where(f => f.UploadId == id).Select(f => f.Path).SingleAsync(cancellationToken));
        if (File.Exists(only))
            return (new FoundSource(only, id, UnpackFolder(only, id)), null);
        // After an import only what was unpacked is kept.
        return UnpackedOf(paths.UploadUnpacked(id)) is string unpacked
            ? (new FoundSource(unpacked, id, null), null)
            : Refuse("uploadId", "The files of this upload are gone: send them again.");
    }

    /// <summary>What was unpacked, or the only folder in it.</summary>
    private static string? UnpackedOf(string folder)
    {
        if (!Directory.Exists(folder))
            return null;
        FileSystemInfo[] entries = [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(e => e.Name[0] != '.').Take(2)];
        return entries is [DirectoryInfo only] ? only.FullName : folder;
    }

    private (FoundSource?, SpecProblem?) FindPath(string path, bool trusted)
    {
        if (string.IsNullOrWhiteSpace(path) || !Path.IsPathFullyQualified(path) || path.Any(char.IsControl))
            return Refuse("path", $"\"{path}\" is no absolute path: give the whole path of a folder, list or archive.");
        string canonical = ImportPath.Canonical(path);
        // Whether a path outside exists is nobody's business, so this comes first.
        if (!trusted && ImportPath.Refusal(canonical, [options.SamplesDirectory, .. options.ImportRoots]) is string refusal)
            return Refuse("path", refusal);
        if (Directory.Exists(canonical))
            return (new FoundSource(canonical, null, null), null);
        return File.Exists(canonical) ? (new FoundSource(canonical, null, UnpackFolder(canonical, null)), null) : Refuse("path", $"\"{path}\" does not exist.");
    }

    /// <summary>The same archive is unpacked to the same place, so that what its preview unpacked serves its import; a changed one to another.</summary>
    private string UnpackFolder(string file, Guid? upload)
    {
        if (upload is Guid id)
            return paths.UploadUnpacked(id);
        var info = new FileInfo(file);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{file}\n{info.Length}\n{info.LastWriteTimeUtc.Ticks}"));
        return paths.UploadUnpacked(new Guid(hash.AsSpan(0, 16)));
    }

    private static (FoundSource?, SpecProblem?) Refuse(string field, string message) => (null, new SpecProblem(field, message));
}
