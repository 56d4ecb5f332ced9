using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Runs;

/// <summary>How devices become slots.</summary>
public sealed class SlotTests
{
    private static readonly ComputeDevice Cpu = new("cpu", DeviceKind.Cpu, "Processor", 12, 48L << 30);
    private static readonly ComputeDevice[] Gpus = [new("cuda:0", DeviceKind.Cuda, "Card", 0, 24L << 30), new("cuda:1", DeviceKind.Cuda, "Card", 0, 24L << 30)];

    [Fact]
    public void Divide_WithoutGpu_IsOneSlotWithAllCores() =>
        Assert.Equal([new Slot(0, "cpu", DeviceKind.Cpu, "Processor", 12, 48L << 30)], Slot.Divide([Cpu], null, 1));

    [Fact]
    public void Divide_WithGpus_IsOneForEachAndNoneOfTheProcessor() => Assert.Equal(
        [new Slot(0, "cuda:0", DeviceKind.Cuda, "Card", 6, 24L << 30), new Slot(1, "cuda:1", DeviceKind.Cuda, "Card", 6, 24L << 30)], Slot.Divide([Cpu, .. Gpus], null, 1));

    [Fact]
    public void Divide_AsTheSettingsSay_SharesCoresAndMemory()
    {
        IReadOnlyList<Slot> slots = Slot.Divide([Cpu, .. Gpus], 2, 2);
        Assert.Equal(["cpu", "cpu", "cuda:0", "cuda:0", "cuda:1", "cuda:1"], slots.Select(s => s.Device));
        Assert.Equal(Enumerable.Range(0, 6), slots.Select(s => s.Number));
        Assert.All(slots, s => Assert.Equal(2, s.Threads));
        Assert.Equal([24L << 30, 12L << 30], slots.Select(s => s.MemoryBytes).Distinct());
    }

    [Fact]
    public void Divide_GpusLeftAlone_TakesTheProcessor() => Assert.Equal(["cpu"], Slot.Divide([Cpu, .. Gpus], null, 0).Select(s => s.Device));

    [Fact]
    public void Divide_MoreSlotsThanCores_GivesEachAThread() => Assert.All(Slot.Divide([Cpu], 20, 1), s => Assert.Equal(1, s.Threads));

    [Theory]
    [InlineData(DeviceKind.Auto, true, DeviceKind.Cuda)]
    [InlineData(DeviceKind.Auto, false, DeviceKind.Cpu)]
    [InlineData(DeviceKind.Cuda, false, DeviceKind.Cuda)]
    [InlineData(DeviceKind.Cpu, true, DeviceKind.Cpu)]
    public void KindOn_AMachine_TakesAGpuForAutoWhereThereIsOne(DeviceKind asked, bool gpu, DeviceKind expected) =>
        Assert.Equal(expected, Slot.KindOn(Slot.Divide(gpu ? [Cpu, .. Gpus] : [Cpu], 1, 1), asked));
}
