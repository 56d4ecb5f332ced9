using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>Whether a device multiplies bfloat16 in hardware. Without it a step can take many times as long as in float32.</summary>
internal static class Bfloat16Support
{
    // Leaves 7.1 EAX and 7.0 EDX of the CPUID instruction.
    private const int Avx512Bfloat16 = 1 << 5, AmxBfloat16 = 1 << 22;

    /// <returns>True where it is not known that it does not: GPUs, and processors that are not x86.</returns>
    public static bool IsLikely(Device device) =>
        device.type != TorchSharp.DeviceType.CPU || !X86Base.IsSupported || HasInstructions(X86Base.CpuId(7, 1).Eax, X86Base.CpuId(7, 0).Edx);

    internal static bool HasInstructions(int eaxOfLeaf7Sub1, int edxOfLeaf7Sub0) => (eaxOfLeaf7Sub1 & Avx512Bfloat16) != 0 || (edxOfLeaf7Sub0 & AmxBfloat16) != 0;
}
