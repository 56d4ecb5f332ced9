namespace LrcnLab.Media.Prepared;

/// <summary>
/// Two files beside each folder of prepared frames: <c>.lock</c> is held by the one process that writes, <c>.used</c> is shared by those that read, and its time is the last use.
/// The system frees the locks of a process that dies.
/// </summary>
internal static class PreparedUse
{
    public const string LockSuffix = ".lock", UsedSuffix = ".used";

    /// <summary>Waits for another process that writes the same folder.</summary>
    public static FileStream LockForWriting(string folder, CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (TryLock(folder + LockSuffix) is { } held)
                return held;
            ct.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <returns>Null when another holds it.</returns>
    public static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Says that the folder is in use until the result is disposed, and was used now.</summary>
    /// <returns>Null where nothing can be written: nothing can be removed there either.</returns>
    /// <exception cref="InvalidDataException">The folder is being removed.</exception>
    public static FileStream? Share(string folder)
    {
        try
        {
            var shared = new FileStream(folder + UsedSuffix, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);
            Touch(folder);
            return shared;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException e) when (File.Exists(folder + UsedSuffix))
        {
            throw new InvalidDataException($"{folder} is being removed; prepare it again.", e);
        }
    }

    public static void Touch(string folder)
    {
        string path = folder + UsedSuffix;
        try
        {
            using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite))
            {
            }

            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Held by who removes it, or a disk that cannot be written: neither needs the time.
        }
    }

    /// <summary>UTC; of folders of earlier versions, when they were made.</summary>
    public static DateTime LastUse(string folder) =>
        File.Exists(folder + UsedSuffix) ? File.GetLastWriteTimeUtc(folder + UsedSuffix) : Directory.GetLastWriteTimeUtc(folder);
}
