using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Archives;

/// <summary>Takes entries one after another and writes the files among them below a folder, within the limits. What is refused becomes a problem with its reason.</summary>
internal sealed class UnpackTarget(string folder, UnpackLimits limits, long archiveBytes, CancellationToken ct)
{
    private readonly ProblemList _problems = new();
    private readonly byte[] _buffer = new byte[1 << 17];
    private int _entries;
    private long _written;

    public IReadOnlyList<SampleProblem> Problems => _problems.Sorted();

    public int Files { get; private set; }

    /// <param name="name">As the archive has it.</param>
    /// <param name="packed">Bytes in the archive where it says; -1 otherwise.</param>
    /// <param name="declared">Bytes of the file as the archive says; the file must not have more.</param>
    /// <param name="open">Opens the entry's content, null when there is none.</param>
    /// <param name="refusal">Why the entry is not wanted whatever its name, or null.</param>
    /// <exception cref="UnpackException">The whole archive breaks the limits.</exception>
    public void Add(string name, long packed, long declared, Func<Stream?> open, string? refusal = null)
    {
        ct.ThrowIfCancellationRequested();
        if (++_entries > limits.MaxEntries)
            throw new UnpackException($"the archive has more than {limits.MaxEntries:N0} entries.");
        if (EntryName.IsClutter(name))
            return;
        (string? path, string? reason) = EntryName.Clean(name);
        reason = refusal ?? reason ?? (EntryName.IsArchive(name) ? "it is an archive itself, and archives in archives are not unpacked" : null);
        if (reason is null && packed >= 0 && limits.IsBomb(declared, packed))
            reason = $"it would grow from {packed:N0} to {declared:N0} bytes, which no video does";
        reason ??= TryWrite(path!, declared, open);
        if (reason is not null)
            _problems.Add(EntryName.Shown(name), $"The entry {EntryName.Shown(name)} was not unpacked: {reason}.");
    }

    /// <returns>Why the file could not be written, or null.</returns>
    private string? TryWrite(string path, long declared, Func<Stream?> open)
    {
        string full = Path.Combine(folder, path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            if (Path.Exists(full))
                return "the archive has another entry of this name";
            using (Stream? content = open())
            using (FileStream file = new(full, FileMode.CreateNew, FileAccess.Write))
            {
                long copied = content is null ? 0 : Copy(content, file, declared);
                if (copied == declared)
                {
                    Files++;
                    return null;
                }
            }

            File.Delete(full);
            return $"its content does not have the {declared:N0} bytes that the archive says";
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or UnauthorizedAccessException || e is IOException io && !Core.DiskFull.IsDiskFull(io))
        {
            File.Delete(full);
            return e is InvalidDataException or NotSupportedException ? $"it is damaged or packed in a way that is not supported ({e.Message.TrimEnd('.')})" : "its name cannot be used for a file beside the others";
        }
    }

    /// <returns>Bytes copied; stops soon after there are more than declared.</returns>
    private long Copy(Stream content, FileStream file, long declared)
    {
        long copied = 0;
        for (int read; (read = content.Read(_buffer)) > 0;)
        {
            ct.ThrowIfCancellationRequested();
            copied += read;
            _written += read;
            if (copied > declared)
                return copied;
            if (_written > limits.MaxBytes)
                throw new UnpackException($"its files need more than the {limits.MaxBytes:N0} bytes that are free.");
            if (limits.IsBomb(_written, archiveBytes))
                throw new UnpackException($"it grows to more than {limits.MaxRatio} times its size, which no archive of videos does.");
            file.Write(_buffer, 0, read);
        }

        return copied;
    }
}
