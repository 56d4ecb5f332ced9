using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Training.Tests;

public sealed class ComputeDevicesTests
{
    [Fact]
    public void ParseNvidiaSmi_NamesAndMemory()
    {
        var devices = ComputeDevices.ParseNvidiaSmi("NVIDIA GeForce RTX 4090, 24564\nNVIDIA A100-SXM4-80GB, 81920\nodd line\n");

        Assert.Equal([("NVIDIA GeForce RTX 4090", 24564L << 20), ("NVIDIA A100-SXM4-80GB", 81920L << 20), ("odd line", 0L)], devices);
    }

    [Fact]
    public void List_BeginsWithTheProcessor()
    {
        TorchRuntime.Start(threads: 0);
        ComputeDevice cpu = ComputeDevices.List()[0];

        Assert.Equal("cpu", cpu.Id);
        Assert.Equal(Environment.ProcessorCount, cpu.Cores);
        Assert.True(cpu.MemoryBytes > 1L << 28);
    }
}
