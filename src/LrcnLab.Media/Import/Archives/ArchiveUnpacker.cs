using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Archives;

/// <summary>
/// Unpacks an archive beside its final folder and renames that at the end, so a folder is whole or not there. Only files are made: links and devices are refused, names stay
/// inside, sizes are bounded. The same archive is not unpacked twice.
/// </summary>
internal static class ArchiveUnpacker
{
    /// <summary>In the unpacked folder: which archive it was, and what was refused.</summary>
    private const string MarkFile = ".unpacked.json";

    private sealed record Mark(string Archive, long Bytes, DateTime Changed, IReadOnlyList<SampleProblem> Problems);

    /// <param name="archive">The file.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="folder">Where its content is to lie; what was unpacked there from another archive is replaced.</param>
    /// <param name="progress">Stage, bytes of the archive read, bytes in all.</param>
    /// <param name="ct">Cancels within a file.</param>
    /// <param name="limits">Null for those of the folder's disk.</param>
    /// <returns>The folder that holds the data, which is the single folder inside when there is only that; or why there is none.</returns>
    public static (string? Folder, IReadOnlyList<SampleProblem> Problems, string? Refusal) Unpack(
        string archive, ArchiveKind kind, string folder, Action<string, long, long>? progress, CancellationToken ct, UnpackLimits? limits = null)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var info = new FileInfo(archive);
        var mark = new Mark(info.FullName, info.Length, info.LastWriteTimeUtc, []);
        if (ReadMark(folder) is { } before)
        {
            if (SameArchive(before, mark))
                return (Inner(folder), before.Problems, null);
        }
        else if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return (null, [], $"{folder} is not empty and was not unpacked by an import; name another folder.");
        }

        string half = folder + ".tmp";
        Remove(half);
        Directory.CreateDirectory(half);
        var target = new UnpackTarget(half, limits ?? UnpackLimits.ForDiskOf(folder), info.Length, ct);
        try
        {
            Read(archive, kind, target, progress);
            if (target.Files == 0)
                return (null, target.Problems, $"{archive} holds no files that can be unpacked.{(target.Problems.Count > 0 ? " " + target.Problems[0].Reason : "")}");
            File.WriteAllText(Path.Combine(half, MarkFile), JsonSerializer.Serialize(mark with { Problems = target.Problems }, LabJson.Options));
            Remove(folder);
            Directory.Move(half, folder);
            return (Inner(folder), target.Problems, null);
        }
        catch (UnpackException e)
        {
            return (null, target.Problems, $"{archive} was not unpacked: {e.Message}");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException || e is IOException io && !io.IsDiskFull())
        {
            return (null, target.Problems, $"{archive} is damaged or no archive that can be read: {e.Message}");
        }
        finally
        {
            Remove(half);
        }
    }

    private static void Read(string archive, ArchiveKind kind, UnpackTarget target, Action<string, long, long>? progress)
    {
        using FileStream file = File.OpenRead(archive);
        void Report() => progress?.Invoke("unpacking", file.Position, file.Length);
        if (kind == ArchiveKind.Zip)
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            foreach (ZipArchiveEntry entry in zip.Entries.Where(e => !e.FullName.EndsWith('/')))
            {
                target.Add(entry.FullName, entry.CompressedLength, entry.Length, entry.Open, entry.IsEncrypted ? "it is encrypted" : IsLink(entry) ? "it is a link or device" : null);
                Report();
            }

            return;
        }

        using Stream content = kind == ArchiveKind.TarGz ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var tar = new TarReader(content);
        while (tar.GetNextEntry() is TarEntry entry)
        {
            if (entry.EntryType is not (TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes))
                target.Add(entry.Name, -1, entry.Length, () => entry.DataStream, entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile ? null : "it is a link or device");
            Report();
        }
    }

    /// <summary>Unix' kind of file stands in the upper half of the attributes; 0 and 8 are ordinary files.</summary>
    private static bool IsLink(ZipArchiveEntry entry) => (entry.ExternalAttributes >>> 28) is not (0 or 8);

    private static string Inner(string folder)
    {
        string[] visible = [.. Directory.EnumerateFileSystemEntries(folder).Where(e => !Decoding.MediaFile.IsHidden(e)).Take(2)];
        return visible.Length == 1 && Directory.Exists(visible[0]) && !IsSplitOrClass(visible[0]) ? Inner(visible[0]) : folder;
    }

    /// <summary>A folder that holds media itself is a class or a set of pictures, not a wrapping.</summary>
    private static bool IsSplitOrClass(string folder) =>
        SplitNames.Parse(Path.GetFileName(folder)) is not null || Directory.EnumerateFiles(folder).Any(Decoding.MediaFile.IsMedia) && !Directory.EnumerateFiles(folder).Any(SourceFolder.IsList);

    private static bool SameArchive(Mark a, Mark b) => a.Archive == b.Archive && a.Bytes == b.Bytes && a.Changed == b.Changed;

    private static Mark? ReadMark(string folder)
    {
        string file = Path.Combine(folder, MarkFile);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<Mark>(File.ReadAllText(file), LabJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
