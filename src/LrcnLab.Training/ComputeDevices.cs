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
        IReadOnlyList<(string Name, long MemoryBytes)> known = count > 0 ? ParseNvidiaSmi(AskNvidiaSmi()) : [];
        for (int i = 0; i < count; i++)
            devices.Add(new ComputeDevice($"cuda:{i}", DeviceKind.Cuda, i < known.Count ? known[i].Name : "CUDA device", 0, i < known.Count ? known[i].MemoryBytes : 0));
        return devices;
    }

    /// <summary>Lines of <c>nvidia-smi --query-gpu=name,memory.total --format=csv,noheader,nounits</c>: a name, a comma, MiB.</summary>
    public static IReadOnlyList<(string Name, long MemoryBytes)> ParseNvidiaSmi(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line =>
        {
            int comma = line.LastIndexOf(',');
            bool complete = comma > 0 & long.TryParse(line.AsSpan(comma + 1), CultureInfo.InvariantCulture, out long mebibytes);
            return complete ? (line[..comma].Trim(), mebibytes << 20) : (line, 0L);
        })];

    private static string AskNvidiaSmi()
    {
        try
        {
            using Process? smi = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true });
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
