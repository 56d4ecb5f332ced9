namespace LrcnLab.Storage;

/// <summary>What is wrong with the place of the data, though the program can start.</summary>
/// <param name="Warnings">One sentence each; empty when all is well.</param>
public sealed record StartupCheck(IReadOnlyList<string> Warnings)
{
    private const long LittleDisk = 1L << 30;

    public static StartupCheck Of(LabOptions options, LabPaths paths)
    {
        try
        {
            var drive = new DriveInfo(paths.DataDirectory);
            return new StartupCheck(Warn(paths.DataDirectory, drive.DriveType == DriveType.Network ? drive.DriveFormat : null, drive.AvailableFreeSpace, options.Database.Provider == DatabaseProvider.Sqlite));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StartupCheck([$"The disk of the data folder {paths.DataDirectory} could not be looked at: {e.Message}"]);
        }
    }

    /// <param name="folder">With the data.</param>
    /// <param name="network">File system of a network drive, such as <c>nfs4</c>; null for a local disk.</param>
    /// <param name="freeBytes">On the disk.</param>
    /// <param name="sqlite">Whether the database is in the folder.</param>
    internal static IReadOnlyList<string> Warn(string folder, string? network, long freeBytes, bool sqlite)
    {
        var warnings = new List<string>();
        if (network is not null && sqlite)
            warnings.Add($"The data folder {folder} lies on a network file system ({network}), on which SQLite's locks cannot be trusted and a database may be damaged: set Lab:DataDirectory to a local disk, or use PostgreSQL.");
        if (freeBytes < LittleDisk)
            warnings.Add($"Only {freeBytes >> 20:N0} MiB are free on the disk of the data folder {folder}: checkpoints and prepared frames may not fit.");
        return warnings;
    }
}
