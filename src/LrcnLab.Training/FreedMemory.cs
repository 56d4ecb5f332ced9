using System.Runtime.InteropServices;

namespace LrcnLab.Training;

/// <summary>
/// Large tensors come and go with every step. By default glibc gives such blocks back to the system at once, and each new one is mapped and filled with zeros page by page,
/// which can take longer than the arithmetic. So freed memory is kept for the next step, and given back only when gaps between blocks have made it grow.
/// </summary>
internal sealed partial class FreedMemory
{
    private const int TrimThreshold = -1, MmapMax = -4, ArenaMax = -8;
    private const double Growth = 1.08;

    private static bool _kept;
    private long _limit;
    private bool _givenBack = true;

    /// <summary>For the whole process, before libtorch is loaded. Does nothing where the C library is not glibc.</summary>
    public static void Keep()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = SetMalloc(TrimThreshold, int.MaxValue);
            _ = SetMalloc(MmapMax, 0);
            // Heaps of their own for threads are too small for large tensors.
            _ = SetMalloc(ArenaMax, 1);
            _kept = true;
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, such as musl.
        }
    }

    /// <summary>Call after each step. What the process holds after a step without gaps is what it needs; when it holds a tenth more, the gaps are given back.</summary>
    public void StepDone()
    {
        if (!_kept)
            return;
        long held = ProcessMemory.Bytes;
        if (_givenBack)
        {
            _limit = Math.Max(_limit, (long)(held * Growth));
            _givenBack = false;
        }
        else if (held > _limit)
        {
            GiveBack();
        }
    }

    /// <summary>Call when something else than training steps went on.</summary>
    public void GiveBack()
    {
        if (!_kept)
            return;
        _ = Trim(0);
        _givenBack = true;
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMalloc(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
