using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Training.Tests;

public sealed class ComputeDevicesTests
{
    [Fact]
    public void ParseNvidiaSmi_NamesAndMemory()
    {
        var devices = ComputeDevices.ParseNvidiaSmi("GPU-aa1, NVIDIA GeForce RTX 4090, 24564\nGPU-bb2, NVIDIA A100-SXM4-80GB, [N/A]\nodd line\n");

        Assert.Equal([new("GPU-aa1", "NVIDIA GeForce RTX 4090", 24564L << 20), new("GPU-bb2", "NVIDIA A100-SXM4-80GB", 0)], devices);
    }

    [Theory]
    [InlineData(null, "a,b,c")]
    [InlineData("", "")]
    [InlineData("2,0", "c,a")]
    [InlineData("GPU-bb2", "b")]
    [InlineData("1,7,0", "b")]
    public void Visible_AsTheProgramWasGiven(string? visible, string names)
    {
        ComputeDevices.DriverGpu[] all = [new("GPU-aa1", "a", 1), new("GPU-bb2", "b", 2), new("GPU-cc3", "c", 3)];

        Assert.Equal(names, string.Join(',', ComputeDevices.Visible(all, visible).Select(g => g.Name)));
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
