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

    public static IReadOnlyList<ComputeDevice> Devices()
    {
        List<ComputeDevice> devices = [new("cpu", DeviceKind.Cpu, $"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}")];
        for (int i = 0; i < (cuda.is_available() ? cuda.device_count() : 0); i++)
            devices.Add(new ComputeDevice($"cuda:{i}", DeviceKind.Cuda, $"CUDA device {i}"));
        return devices;
    }

    /// <summary>Silences warnings such as "Could not initialize NNPACK", which every thread repeats; errors stay. The C++ level is in no managed API, but is an exported variable.</summary>
    private static void HideWarnings()
    {
        const int Error = 2;
        string library = OperatingSystem.IsMacOS() ? "libc10.dylib" : "libc10.so";
        if (!OperatingSystem.IsWindows() && NativeLibrary.TryLoad(library, out nint c10) && NativeLibrary.TryGetExport(c10, "FLAGS_caffe2_log_level", out nint level))
            Marshal.WriteInt32(level, Error);
    }
}

/// <summary>A device that a run may name.</summary>
/// <param name="Name"><c>cpu</c>, <c>cuda:0</c>, …</param>
/// <param name="Kind">Word of <c>resources.device</c>.</param>
/// <param name="Description">What people read.</param>
public sealed record ComputeDevice(string Name, DeviceKind Kind, string Description);
