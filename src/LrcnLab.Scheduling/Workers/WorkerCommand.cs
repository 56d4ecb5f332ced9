using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;

namespace LrcnLab.Scheduling.Workers;

/// <summary>How to start a worker.</summary>
internal static class WorkerCommand
{
    /// <param name="workerPath">A <c>.dll</c>, run by the same <c>dotnet</c> as this program, or a program of its own.</param>
    public static ProcessStartInfo Create(string workerPath, params IEnumerable<string> arguments)
    {
        bool assembly = workerPath.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(assembly ? DotnetHost() : workerPath)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        // Else CUDA puts the fastest first, and its numbers are not those of the driver's own tool.
        if (!start.Environment.ContainsKey(DeviceOrder))
            start.Environment[DeviceOrder] = "PCI_BUS_ID";
        // 64 MiB (hexadecimal): a worker makes little garbage, and what is seldom collected is seldom collected too early by its bindings to libtorch.
        start.Environment.TryAdd("DOTNET_GCgen0size", "0x4000000");
        if (assembly)
            start.ArgumentList.Add(workerPath);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>Lets a worker see the device and the processor cores of its slots only.</summary>
    /// <param name="start">Of the worker.</param>
    /// <param name="slots">At least one, all of one device.</param>
    /// <param name="visible">GPUs that this program was given itself, as <c>CUDA_VISIBLE_DEVICES</c> names them; null for all.</param>
    public static void Confine(ProcessStartInfo start, IReadOnlyList<Slot> slots, string? visible)
    {
        start.Environment["DOTNET_PROCESSOR_COUNT"] = slots.Sum(s => s.Threads).ToString(CultureInfo.InvariantCulture);
        start.Environment[VisibleDevices] = slots[0].Kind == DeviceKind.Cuda ? Gpu(slots[0].Device, visible) : "";
    }

    /// <summary>libtorch numbers GPUs within what this variable lets it see.</summary>
    public const string VisibleDevices = "CUDA_VISIBLE_DEVICES";

    private const string DeviceOrder = "CUDA_DEVICE_ORDER";

    /// <summary>How the driver calls the GPU of a slot: its number on the bus, or its UUID where this program was given it so.</summary>
    public static string GpuOf(Slot slot) => Gpu(slot.Device, Environment.GetEnvironmentVariable(VisibleDevices));

    private static string Gpu(string device, string? visible)
    {
        string number = device[(device.IndexOf(':', StringComparison.Ordinal) + 1)..];
        string[] given = visible?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return int.TryParse(number, CultureInfo.InvariantCulture, out int i) && i < given.Length ? given[i] : number;
    }

    private static string DotnetHost()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Path.GetFileName(Environment.ProcessPath) == name)
            return Environment.ProcessPath!;
        // <root>/shared/Microsoft.NETCore.App/<version>/ holds the running runtime.
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(host) ? host : name;
    }
}
