using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests;

public sealed class Bfloat16SupportTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1 << 5, 0, true)]
    [InlineData(0, 1 << 22, true)]
    [InlineData(1 << 4, 1 << 24, false)] // AVX-VNNI and AMX-TILE alone multiply no bfloat16
    public void HasInstructions_ReadsTheTwoBits(int eax, int edx, bool expected) => Assert.Equal(expected, Bfloat16Support.HasInstructions(eax, edx));

    [Fact]
    public void IsLikely_OnThisProcessor_AgreesWithTheKernel()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "The kernel does not list the processor's instructions here.");
        string flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        Assert.SkipUnless(flags.Length > 0, "No x86 processor.");
        Assert.Equal(flags.Contains("avx512_bf16", StringComparison.Ordinal) || flags.Contains("amx_bf16", StringComparison.Ordinal), Bfloat16Support.IsLikely(CPU));
    }
}
