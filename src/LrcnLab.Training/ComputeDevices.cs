using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>Lists what this build can compute on. libtorch says how many GPUs it can use; the driver's own tool says what they are.</summary>
public static class ComputeDevices
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static IReadOnlyList<ComputeDevice> List()
    {
        List<ComputeDevice> devices = [new("cpu", DeviceKind.Cpu, ProcessorName(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)];
        int count = cuda.is_available() ? cuda.device_count() : 0;
        IReadOnlyList<DriverGpu> known = count > 0 ? Visible(ParseNvidiaSmi(AskNvidiaSmi()), Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")) : [];
        for (int i = 0; i < count; i++)
            devices.Add(new ComputeDevice($"cuda:{i}", DeviceKind.Cuda, i < known.Count ? known[i].Name : "CUDA device", 0, i < known.Count ? known[i].MemoryBytes : 0));
        return devices;
    }

    /// <summary>A GPU as the driver lists it, in the order of the bus.</summary>
    internal sealed record DriverGpu(string Uuid, string Name, long MemoryBytes);

    /// <summary>Lines of <c>nvidia-smi --query-gpu=uuid,name,memory.total --format=csv,noheader,nounits</c>, memory in MiB; other lines are passed over.</summary>
    internal static IReadOnlyList<DriverGpu> ParseNvidiaSmi(string output) =>
        [.. output.Split('\n').Select(l => l.Split(',', StringSplitOptions.TrimEntries)).Where(f => f.Length == 3)
            .Select(f => new DriverGpu(f[0], f[1], long.TryParse(f[2], CultureInfo.InvariantCulture, out long mebibytes) ? mebibytes << 20 : 0))];

    /// <summary>Those that libtorch may use, in its order.</summary>
    /// <param name="all">In the order of the bus, by which <c>CUDA_DEVICE_ORDER</c> has libtorch count too.</param>
    /// <param name="visible">Numbers or beginnings of UUIDs; what follows an unknown one is not visible. Null for all.</param>
    internal static IReadOnlyList<DriverGpu> Visible(IReadOnlyList<DriverGpu> all, string? visible) => visible is null ? all
        : [.. visible.Split(',', StringSplitOptions.TrimEntries).Select(v => int.TryParse(v, CultureInfo.InvariantCulture, out int i) ? all.ElementAtOrDefault(i) : all.FirstOrDefault(g => v.Length > 0 && g.Uuid.StartsWith(v, StringComparison.Ordinal)))
            .TakeWhile(g => g is not null).OfType<DriverGpu>()];

    private static string AskNvidiaSmi()
    {
        try
        {
            using Process? smi = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=uuid,name,memory.total", "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true });
            string output = smi?.StandardOutput.ReadToEnd() ?? "";
            return smi?.WaitForExit(Patience) == true && smi.ExitCode == 0 ? output : "";
        }
        catch (Win32Exception)
        {
            return "";
        }
    }

    private static string ProcessorName()
    {
        const string cpuInfo = "/proc/cpuinfo";
        string? line = File.Exists(cpuInfo) ? File.ReadLines(cpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
