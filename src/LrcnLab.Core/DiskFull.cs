namespace LrcnLab.Core;

public static class DiskFull
{
    private const int NoSpaceOnLinux = 28;
    private const int HandleDiskFull = unchecked((int)0x80070027);
    private const int ErrorDiskFull = unchecked((int)0x80070070);

    /// <summary>Whether a file could not be written because its disk has no space left (ENOSPC; on Windows ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL).</summary>
    public static bool IsDiskFull(this IOException exception) => exception.HResult is NoSpaceOnLinux or HandleDiskFull or ErrorDiskFull;
}
