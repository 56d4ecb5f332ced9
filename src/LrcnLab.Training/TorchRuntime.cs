using System.Runtime.InteropServices;
using LrcnLab.Core.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>Settings of libtorch that hold for the whole process and must be made before anything else touches it.</summary>
public static class TorchRuntime
{
    /// <summary>Call once, first of all.</summary>
    /// <param name="threads">CPU threads; 0 for all cores.</param>
    public static void Start(int threads)
    {
        set_num_threads(threads > 0 ? threads : Environment.ProcessorCount);
        HideWarnings();
    }

    /// <returns>The device, or a sentence that says why it is not there.</returns>
    public static (Device? Device, string? Refusal) Select(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu => (CPU, null),
        DeviceKind.Cuda when !cuda.is_available() => (null, "resources.device is cuda, and no CUDA device can be used here: take auto or cpu, or build with -p:TorchBackend=cuda on a machine with an NVIDIA driver."),
        DeviceKind.Cuda => (CUDA, null),
        _ => (cuda.is_available() ? CUDA : CPU, null),
    };

    /// <summary>Silences warnings such as "Could not initialize NNPACK", which every thread repeats; errors stay. The C++ level is in no managed API, but is an exported variable.</summary>
    private static void HideWarnings()
    {
        const int Error = 2;
        string library = OperatingSystem.IsMacOS() ? "libc10.dylib" : "libc10.so";
        if (!OperatingSystem.IsWindows() && NativeLibrary.TryLoad(library, out nint c10) && NativeLibrary.TryGetExport(c10, "FLAGS_caffe2_log_level", out nint level))
            Marshal.WriteInt32(level, Error);
    }
}
