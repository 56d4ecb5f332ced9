using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LrcnLab.Core.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>Settings of libtorch that hold for the whole process and must be made before anything else touches it.</summary>
public static partial class TorchRuntime
{
    /// <summary>Call once, first of all.</summary>
    /// <param name="threads">CPU threads; 0 for all cores.</param>
    public static void Start(int threads)
    {
        LimitSpinning();
        FreedMemory.Keep();
        Load(threads > 0 ? threads : Environment.ProcessorCount);
    }

    /// <summary>Of its own, so that the library is not loaded before its environment is set.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Load(int threads)
    {
        set_num_threads(threads);
        HideWarnings();
    }

    /// <summary>
    /// GNU OpenMP's threads spin for milliseconds before they sleep, which on a machine that other work shares costs most of the speed:
    /// measured with 2 threads on 2 cores under load, 9 to 20 clips a second with its default, 55 with this. Read when the library loads, from the C environment.
    /// </summary>
    private static void LimitSpinning()
    {
        if (OperatingSystem.IsLinux())
            _ = SetEnvironment("GOMP_SPINCOUNT", "1000", overwrite: 0);
    }

    /// <returns>The device, or a sentence that says why it is not there.</returns>
    public static (Device? Device, string? Refusal) Select(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu => (CPU, null),
        DeviceKind.Cuda when !cuda.is_available() => (null, "resources.device is cuda, and no CUDA device can be used here: take auto or cpu, or build with -p:TorchBackend=cuda on a machine with an NVIDIA driver."),
        DeviceKind.Cuda => (CUDA, null),
        _ => (cuda.is_available() ? CUDA : CPU, null),
    };

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>Silences warnings such as "Could not initialize NNPACK", which every thread repeats; errors stay. The C++ level is in no managed API, but is an exported variable.</summary>
    private static void HideWarnings()
    {
        const int Error = 2;
        string library = OperatingSystem.IsMacOS() ? "libc10.dylib" : "libc10.so";
        if (!OperatingSystem.IsWindows() && NativeLibrary.TryLoad(library, out nint c10) && NativeLibrary.TryGetExport(c10, "FLAGS_caffe2_log_level", out nint level))
            Marshal.WriteInt32(level, Error);
    }
}
