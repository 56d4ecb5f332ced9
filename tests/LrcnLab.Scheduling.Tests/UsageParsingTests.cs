using LrcnLab.Core.Machines;
using LrcnLab.Core.Metrics;
using LrcnLab.Scheduling.Machines.Usage;

namespace LrcnLab.Scheduling.Tests;

/// <summary>What the system's and the driver's texts mean, and what is computed of them.</summary>
public sealed class UsageParsingTests
{
    [Fact]
    public void NvidiaSmi_WhatTheDriverCannotSay_IsNull()
    {
        IReadOnlyList<GpuUsage> gpus = NvidiaSmi.Parse(
            "0, GPU-1f, NVIDIA A100-SXM4-40GB, 97, 30211, 40960, 64, 301.52\n1, GPU-2e, Tesla K80, [N/A], 11, 11441, 33, [Not Supported]\nUnable to determine the device handle for gpu 2\n");

        Assert.Equal(
            [new(0, "GPU-1f", "NVIDIA A100-SXM4-40GB", 97, 30211L << 20, 40960L << 20, 64, 301.52), new(1, "GPU-2e", "Tesla K80", null, 11L << 20, 11441L << 20, 33, null)], gpus);
    }

    [Theory]
    [InlineData("4711 (dotnet) S 12 4711 4711 0 -1 4194304 100 0 0 0 250 50 7 3 20 0 30 0 999", 12, 310)]
    [InlineData("4711 (a) b (c) S) R 1 4711 4711 0 -1 4194304 100 0 0 0 1 2 3 4 20 0 30 0 999", 1, 10)]
    public void Stat_NameMayHoldAnything(string stat, int parent, long ticks) => Assert.Equal((parent, ticks), ProcessTree.ParseStat(stat));

    [Theory]
    [InlineData("")]
    [InlineData("4711 (dotnet S 12")]
    [InlineData("4711 (dotnet) S 12 4711")]
    public void Stat_CutShort_IsNone(string stat) => Assert.Null(ProcessTree.ParseStat(stat));

    [Fact]
    public void Io_OnlyWhatReachedADisk() => Assert.Equal((4096, 8192), ProcessTree.ParseIo("rchar: 99\nwchar: 98\nsyscr: 1\nsyscw: 1\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n"));

    [Fact]
    public void Cpu_IdleWaitingAndStolenTime_IsNotBusy() =>
        Assert.Equal((100 + 5 + 20 + 1 + 2, 100 + 5 + 20 + 800 + 30 + 1 + 2 + 40, 2), MachineCounters.ParseCpu("cpu  100 5 20 800 30 1 2 40 9 9\ncpu0 1 1 1 1 1 1 1 1 0 0\ncpu1 1 1 1 1 1 1 1 1 0 0\nintr 5\n"));

    [Fact]
    public void Memory_WhatIsAvailable_IsNotUsed() =>
        Assert.Equal((6L << 20, 10L << 20), MachineCounters.ParseMemory("MemTotal:       10240 kB\nMemFree:          512 kB\nMemAvailable:    4096 kB\n"));

    [Fact]
    public void Meter_FirstLook_OnlyWhatIsNow()
    {
        var meter = new RunMeter(2);

        var values = meter.Take(DateTime.UnixEpoch, new TreeUsage(TimeSpan.FromSeconds(30), 100, 5, 6), null, 1, TimeSpan.FromMinutes(1));

        Assert.Equal(new Dictionary<string, double> { [SystemMetrics.Memory] = 100 }, values);
    }

    [Fact]
    public void Meter_RatesAndEnergy_GoOnFromEarlierAttempts()
    {
        var meter = new RunMeter(2);
        var gpu = new GpuUsage(0, "GPU-1f", "Card", 97, 11, 22, 64, 360);
        meter.Take(DateTime.UnixEpoch, new TreeUsage(TimeSpan.FromSeconds(30), 100, 500, 600), gpu, 0.5, TimeSpan.FromMinutes(1));

        var values = meter.Take(DateTime.UnixEpoch.AddSeconds(10), new TreeUsage(TimeSpan.FromSeconds(45), 120, 1500, 600), gpu, 0.5, TimeSpan.FromMinutes(1));

        Assert.Equal(
            new Dictionary<string, double>
            {
                [SystemMetrics.CpuCores] = 1.5,
                [SystemMetrics.Memory] = 120,
                [SystemMetrics.DiskRead] = 100,
                [SystemMetrics.DiskWritten] = 0,
                [SystemMetrics.GpuLoad] = 97,
                [SystemMetrics.GpuMemory] = 11,
                [SystemMetrics.GpuTemperature] = 64,
                [SystemMetrics.GpuPower] = 360,
                [SystemMetrics.Energy] = 2.5,
            }.OrderBy(v => v.Key),
            values.OrderBy(v => v.Key));
    }

    [Fact]
    public void Meter_LongWithoutALook_AddsNoEnergy_AndNothingRunsBackwards()
    {
        var meter = new RunMeter(0);
        var gpu = new GpuUsage(0, "GPU-1f", "Card", null, null, null, null, 360);
        meter.Take(DateTime.UnixEpoch, new TreeUsage(TimeSpan.FromSeconds(30), 100, 500, 600), gpu, 1, TimeSpan.FromMinutes(1));

        var values = meter.Take(DateTime.UnixEpoch.AddHours(1), new TreeUsage(TimeSpan.FromSeconds(20), 120, 400, 700), gpu, 1, TimeSpan.FromMinutes(1));

        Assert.Equal((0, 0, 0), (values[SystemMetrics.Energy], values[SystemMetrics.CpuCores], values[SystemMetrics.DiskRead]));
    }
}
