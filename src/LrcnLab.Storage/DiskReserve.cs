using System.Globalization;
using System.Security.Cryptography;

namespace LrcnLab.Storage;

/// <summary>
/// Space kept back for the database. When the disk is full it is given up, so that it can still be written how runs ended;
/// from then on nothing new is accepted until there is room to lay it back.
/// </summary>
public sealed class DiskReserve(LabPaths paths)
{
    /// <summary>Bytes of the reserve: thousands of changes of state.</summary>
    private const int Size = 8 << 20;

    private readonly Lock _lock = new();

    /// <summary>Bytes that this program may still write on the disk with the data folder.</summary>
    public long FreeBytes => new DriveInfo(paths.DataDirectory).AvailableFreeSpace;

    /// <summary>Why nothing new can be accepted; null while there is room.</summary>
    public string? Shortage => File.Exists(paths.ReserveFile) && FreeBytes >= Size
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"The disk with the data folder {paths.DataDirectory} is full: {FreeBytes / 1048576.0:0.0} MiB are free. Delete or move something; a few seconds later all goes on.");

    /// <exception cref="StorageFullException">There is no room for anything new.</exception>
    public void RequireRoom()
    {
        if (Shortage is string shortage)
            throw new StorageFullException(shortage);
    }

    /// <summary>Gives the reserve up.</summary>
    /// <returns>False when it was given up before.</returns>
    internal bool Release()
    {
        lock (_lock)
        {
            if (!File.Exists(paths.ReserveFile))
                return false;
            File.Delete(paths.ReserveFile);
            return true;
        }
    }

    /// <summary>Lays the reserve back if it is missing and twice its size is free; harmless to repeat.</summary>
    public void Restore()
    {
        lock (_lock)
        {
            if (File.Exists(paths.ReserveFile) || FreeBytes < 2 * Size)
                return;
            string unfinished = $"{paths.ReserveFile}.tmp";
            try
            {
                // Random, so that no file system can store it in less.
                File.WriteAllBytes(unfinished, RandomNumberGenerator.GetBytes(Size));
                File.Move(unfinished, paths.ReserveFile);
            }
            catch (IOException)
            {
                // Somebody else took the room meanwhile.
                File.Delete(unfinished);
            }
        }
    }
}
