using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Runs;

/// <summary>A share of a device that one run occupies.</summary>
/// <param name="Number">From 0, on its machine.</param>
/// <param name="Device">Id of the device, such as <c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Name">What the device's maker calls it.</param>
/// <param name="Threads">Processor cores that are its share.</param>
/// <param name="MemoryBytes">Its share of the device's memory; 0 when unknown.</param>
public sealed record Slot(int Number, string Device, DeviceKind Kind, string Name, int Threads, long MemoryBytes)
{
    public const int MostSlots = 64;

    /// <summary>Divides devices into slots.</summary>
    /// <param name="devices">Of one machine; at most one CPU.</param>
    /// <param name="cpuSlots">Slots of the CPU; null for one where there is no GPU, and none where there is.</param>
    /// <param name="slotsPerGpu">Of each GPU.</param>
    public static IReadOnlyList<Slot> Divide(IReadOnlyList<ComputeDevice> devices, int? cpuSlots, int slotsPerGpu)
    {
        ComputeDevice[] gpus = slotsPerGpu > 0 ? [.. devices.Where(d => d.Kind == DeviceKind.Cuda).Take(MostSlots / slotsPerGpu)] : [];
        ComputeDevice? cpu = devices.FirstOrDefault(d => d.Kind == DeviceKind.Cpu);
        int onCpu = cpu is null ? 0 : Math.Min(cpuSlots ?? (gpus.Length == 0 ? 1 : 0), MostSlots - gpus.Length * slotsPerGpu);
        int count = onCpu + gpus.Length * slotsPerGpu, threads = Math.Max(1, (cpu?.Cores ?? 1) / Math.Max(1, count));
        IEnumerable<(ComputeDevice Device, int Shares)> shares =
        [
            .. Enumerable.Repeat((cpu!, onCpu), onCpu),
            .. gpus.SelectMany(gpu => Enumerable.Repeat((gpu, slotsPerGpu), slotsPerGpu)),
        ];
        return [.. shares.Select((s, i) => new Slot(i, s.Device.Id, s.Device.Kind, s.Device.Name, threads, s.Device.MemoryBytes / s.Shares))];
    }

    /// <summary>The kind of slot that a run which asks for a device takes on a machine: <c>auto</c> means a GPU where there is one.</summary>
    public static DeviceKind KindOn(IEnumerable<Slot> machine, DeviceKind asked) =>
        asked != DeviceKind.Auto ? asked : machine.Any(s => s.Kind == DeviceKind.Cuda) ? DeviceKind.Cuda : DeviceKind.Cpu;
}
