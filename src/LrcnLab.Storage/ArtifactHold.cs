namespace LrcnLab.Storage;

/// <summary>
/// Keeps files in the artifact store while a backup or an export copies what the database of one moment names, also from another process: removals wait for
/// the next upkeep. A lock of the operating system, which frees it when the process ends, however it ends.
/// </summary>
public sealed class ArtifactHold : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    private ArtifactHold(FileStream file) => _file = file;

    /// <summary>Waits for a removal that goes on. Any number may hold at once.</summary>
    public static async Task<ArtifactHold> AcquireAsync(LabPaths paths, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryOpen(paths, FileAccess.Read, FileShare.Read) is { } file)
                return new ArtifactHold(file);
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>The right to remove files, until it is disposed of; null while somebody holds them.</summary>
    internal static IDisposable? TryRemove(LabPaths paths) => TryOpen(paths, FileAccess.ReadWrite, FileShare.None);

    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(LabPaths paths, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(paths.ArtifactHoldFile, FileMode.OpenOrCreate, access, share);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
