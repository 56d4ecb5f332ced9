namespace LrcnLab.Media.Prepared;

/// <param name="Folder">Path.</param>
/// <param name="Bytes">On disk.</param>
/// <param name="LastUse">UTC.</param>
/// <param name="IsWhole">False for work that was interrupted, and for what an earlier version of the program left.</param>
/// <param name="IsInUse">A process reads or writes it now.</param>
public sealed record PreparedEntry(string Folder, long Bytes, DateTime LastUse, bool IsWhole, bool IsInUse);

/// <summary>All folders of prepared frames under one root: what they take, and the removal of those that nobody needs. Whatever is removed is made again when a run asks for it.</summary>
public static class PreparedStore
{
    /// <summary>Largest first.</summary>
    public static IReadOnlyList<PreparedEntry> List(string preparedRoot) =>
        [.. Folders(preparedRoot).Select(Describe).OrderByDescending(e => e.Bytes).ThenBy(e => e.Folder, StringComparer.Ordinal)];

    /// <summary>Removes folders that nobody used for a time. One that a process reads or writes is never touched, however old.</summary>
    /// <returns>What was removed.</returns>
    public static IReadOnlyList<PreparedEntry> RemoveUnused(string preparedRoot, TimeSpan unusedFor)
    {
        var removed = new List<PreparedEntry>();
        foreach (string folder in Folders(preparedRoot))
        {
            using FileStream? writing = PreparedUse.TryLock(folder + PreparedUse.LockSuffix);
            DateTime lastUse = PreparedUse.LastUse(folder);
            if (writing is null || DateTime.UtcNow - lastUse < unusedFor)
                continue;
            using FileStream? reading = PreparedUse.TryLock(folder + PreparedUse.UsedSuffix);
            if (reading is null)
                continue;
            removed.Add(Describe(folder) with { LastUse = lastUse, IsInUse = false });
            Directory.Delete(folder, recursive: true);
            File.Delete(folder + PreparedUse.UsedSuffix);
        }

        return removed;
    }

    /// <summary>Only what looks like prepared frames: whatever else lies in the root is none of ours.</summary>
    private static IEnumerable<string> Folders(string preparedRoot) => Directory.Exists(preparedRoot)
        ? Directory.EnumerateDirectories(preparedRoot).Where(f => Path.GetFileName(f) is { Length: > 33 } name && name[32] == '-' && name[..32].All(char.IsAsciiHexDigitLower)).Order(StringComparer.Ordinal)
        : [];

    private static PreparedEntry Describe(string folder)
    {
        DateTime lastUse = PreparedUse.LastUse(folder);
        long bytes = new DirectoryInfo(folder).EnumerateFiles().Sum(f => f.Length);
        return new PreparedEntry(folder, bytes, lastUse, IsWhole(folder), IsHeld(folder + PreparedUse.LockSuffix) || IsHeld(folder + PreparedUse.UsedSuffix));
    }

    private static bool IsWhole(string folder)
    {
        try
        {
            PreparedIndex.Read(folder);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static bool IsHeld(string path)
    {
        if (!File.Exists(path))
            return false;
        using FileStream? held = PreparedUse.TryLock(path);
        return held is null;
    }
}
