namespace LrcnLab.Media.Import.Archives;

/// <summary>Bounds that keep a hostile archive from taking the disk.</summary>
/// <param name="MaxEntries">Entries of an archive.</param>
/// <param name="MaxBytes">Bytes of all files together.</param>
/// <param name="MaxRatio">Bytes that come out for each that went in; videos and pictures hardly shrink, text by 10.</param>
/// <param name="FreeRatioBytes">Up to this the ratio does not matter.</param>
internal sealed record UnpackLimits(int MaxEntries, long MaxBytes, int MaxRatio, long FreeRatioBytes)
{
    private const long Reserve = 1L << 30;

    /// <summary>A million entries, the free disk but one GiB, 200 to 1 beyond 100 MB.</summary>
    public static UnpackLimits ForDiskOf(string folder)
    {
        string existing = Path.GetFullPath(folder);
        while (!Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing)!;
        return new UnpackLimits(1_000_000, Math.Max(0, new DriveInfo(existing).AvailableFreeSpace - Reserve), 200, 100_000_000);
    }

    public bool IsBomb(long written, long packed) => written > FreeRatioBytes && written / MaxRatio > Math.Max(1, packed);
}

/// <summary>Unpacking cannot go on; the message is a full sentence.</summary>
internal sealed class UnpackException(string message) : Exception(message);
