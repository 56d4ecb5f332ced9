namespace LrcnLab.Core.Machines;

/// <summary>How busy a machine was at one moment. What it cannot say is null.</summary>
/// <param name="CpuCores">Cores that were busy, such as 1.5, whoever kept them so.</param>
/// <param name="Cores">That it has.</param>
/// <param name="MemoryBytes">In use, without what the system gives back when it is needed.</param>
/// <param name="MemoryTotalBytes">That it has.</param>
/// <param name="DiskFreeBytes">Of the disk with the data folder, as far as this program may write it.</param>
/// <param name="DiskTotalBytes">Of that disk.</param>
/// <param name="SlotsBusy">Slots that a run occupied.</param>
/// <param name="Gpus">As the driver's own tool lists them; empty without one.</param>
public sealed record MachineUsage(
    double? CpuCores, int Cores, long? MemoryBytes, long? MemoryTotalBytes, long? DiskFreeBytes, long? DiskTotalBytes, int SlotsBusy, IReadOnlyList<GpuUsage> Gpus);

/// <summary>How busy a GPU was. What its driver cannot say is null.</summary>
/// <param name="Index">In the driver's order, that of the bus.</param>
/// <param name="Uuid">Such as <c>GPU-8c4f…</c>.</param>
/// <param name="Name">Of the model.</param>
/// <param name="Percent">Of the time in which something ran on it.</param>
/// <param name="MemoryBytes">In use, by whomever.</param>
/// <param name="MemoryTotalBytes">That it has.</param>
/// <param name="Celsius">Temperature.</param>
/// <param name="Watts">Power that it draws.</param>
public sealed record GpuUsage(int Index, string Uuid, string Name, double? Percent, long? MemoryBytes, long? MemoryTotalBytes, double? Celsius, double? Watts);
