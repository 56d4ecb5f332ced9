using LrcnLab.Core.Machines;
using Xunit;

namespace LrcnLab.Core.Tests.Machines;

public sealed class MachineUsageTests
{
    private static readonly MachineUsage Usage = new(
        1.5, 4, 3 << 20, 8L << 30, 100, 200, 2, [new(0, "GPU-a", "Card", 98, 1 << 30, 8L << 30, 71, 250), new(3, "GPU-b", "Old card", null, 7, null, 40, null)]);

    [Fact]
    public void Keys_OnlyWhatIsKnown()
    {
        Assert.Equal(
            ["cpu_cores", "memory_bytes", "disk_free_bytes", "slots_busy", "gpu0_percent", "gpu0_memory_bytes", "gpu0_celsius", "gpu0_watts", "gpu3_memory_bytes", "gpu3_celsius"],
            MachineSeries.Keys(Usage));
        Assert.Equal(["slots_busy"], MachineSeries.Keys(new MachineUsage(null, 4, null, null, null, null, 0, [])));
    }

    [Theory]
    [InlineData("cpu_cores", 1.5)]
    [InlineData("gpu0_watts", 250.0)]
    [InlineData("gpu3_memory_bytes", 7.0)]
    [InlineData("gpu3_watts", null)]
    [InlineData("gpu1_percent", null)]
    public void Find_ReadsTheValue(string key, double? value) => Assert.Equal(value, MachineSeries.Find(key)!(Usage));

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("gpu_percent")]
    [InlineData("gpu-1_percent")]
    [InlineData("gpu0_fans")]
    [InlineData("train/loss")]
    public void Find_UnknownKey_None(string key) => Assert.Null(MachineSeries.Find(key));

    [Fact]
    public void Totals_CountEachMomentUntilTheNext_AndNoGaps()
    {
        DateTime start = new(2026, 5, 1, 12, 0, 0, DateTimeKind.Utc);
        MachineUsage idle = Usage with { SlotsBusy = 0, Gpus = [Usage.Gpus[0] with { Watts = 50 }] };
        (DateTime, MachineUsage)[] history = [(start, Usage), (start.AddMinutes(30), idle), (start.AddMinutes(60), Usage), (start.AddHours(9), Usage)];

        MachineTotals totals = MachineTotals.Of(history, TimeSpan.FromMinutes(45));

        Assert.Equal(1, totals.SlotHours, 9);
        Assert.Equal(150, totals.EnergyWh!.Value, 9);
    }

    [Fact]
    public void Totals_NobodyMeasuresPower_NoEnergyRatherThanZero() =>
        Assert.Null(MachineTotals.Of([(DateTime.UnixEpoch, Usage with { Gpus = [] })], TimeSpan.FromHours(1)).EnergyWh);
}
