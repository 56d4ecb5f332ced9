using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Runs;

/// <summary>A device that a run may train on.</summary>
/// <param name="Id"><c>cpu</c>, <c>cuda:0</c>, …</param>
/// <param name="Kind">Word of <c>resources.device</c>.</param>
/// <param name="Name">What its maker calls it.</param>
/// <param name="Cores">Processor cores; 0 for a GPU.</param>
/// <param name="MemoryBytes">0 when unknown.</param>
public sealed record ComputeDevice(string Id, DeviceKind Kind, string Name, int Cores, long MemoryBytes);
