using System.Diagnostics;
using LrcnLab.Core.Machines;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Machines.Usage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Workers and machine are measured while runs go on, and what goes wrong with that hurts no run.</summary>
public sealed class SystemMonitorTests : IAsyncDisposable
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task RunOnAGpu_IsMeasuredWithItsOwnGpu_AndSoIsTheMachine()
    {
        _lab.UseDevices(new("cpu", DeviceKind.Cpu, "Processor", 8, 16L << 30), new("cuda:0", DeviceKind.Cuda, "Card", 0, 8L << 30), new("cuda:1", DeviceKind.Cuda, "Card", 0, 8L << 30));
        _lab.Options = _lab.Options with { SlotsPerGpu = 2, SystemMetricsInterval = TimeSpan.FromSeconds(1), NvidiaSmi = Tool("printf '0, GPU-1f, Card, 11, 100, 8192, 40, 50\\n1, GPU-2e, Card, 97, 200, 8192, 70, 7200\\n'") };
        await _lab.StartAsync();
        Guid[] runs = [await LaunchAsync(), await LaunchAsync(), await LaunchAsync()];
        foreach (Guid run in runs)
            await _lab.WaitForStepAsync(run, 1);
        Guid onSecond = await _lab.ReadAsync(db => db.LeaseSlots.Where(s => s.Slot >= 2).Select(s => s.RunId).FirstAsync(Cancel));

        await UntilAsync(async () => (await SummaryAsync(onSecond, SystemMetrics.Energy))?.Last.Value > 1);
        SeriesSummary load = (await SummaryAsync(onSecond, SystemMetrics.GpuLoad))!, energy = (await SummaryAsync(onSecond, SystemMetrics.Energy))!;
        Assert.Equal((97, 97), (load.Min.Value, load.Max.Value));
        // Half of the GPU is the run's: 3600 of 7200 W, 1 Wh a second.
        Assert.InRange(energy.Last.Value / (energy.Last.Time - energy.First.Time).TotalSeconds, 0.99, 1.01);
        Assert.True((await SummaryAsync(onSecond, SystemMetrics.Memory))!.Last.Value > 1 << 20);

        MachineUsage machine = (await _lab.ReadAsync(db => db.NodeSamples.OrderByDescending(s => s.Time).FirstAsync(Cancel))).Usage;
        Assert.Equal((2, 97.0, 3), (machine.Gpus.Count, machine.Gpus[1].Percent, machine.SlotsBusy));
        Assert.True(machine.MemoryBytes > 0 && machine.MemoryBytes < machine.MemoryTotalBytes && machine.DiskFreeBytes > 0 && machine.CpuCores >= 0);
    }

    [Fact]
    public async Task Energy_GoesOnAfterAPause()
    {
        _lab.UseDevices(new("cpu", DeviceKind.Cpu, "Processor", 8, 16L << 30), new ComputeDevice("cuda:0", DeviceKind.Cuda, "Card", 0, 8L << 30));
        _lab.Options = _lab.Options with { SystemMetricsInterval = TimeSpan.FromSeconds(1), NvidiaSmi = Tool("echo 0, GPU-1f, Card, 97, 200, 8192, 70, 3600") };
        await _lab.StartAsync();
        Guid run = await LaunchAsync();
        await UntilAsync(async () => (await SummaryAsync(run, SystemMetrics.Energy))?.Last.Value > 1);
        Assert.Null(await _lab.Runs.PauseAsync(run, "Lunch.", null, Cancel));
        await UntilAsync(async () => (await _lab.RunAsync(run)).State == RunState.Paused);
        SeriesSummary before = (await SummaryAsync(run, SystemMetrics.Energy))!;
        await Task.Delay(2500, Cancel);
        Assert.Null(await _lab.Runs.ResumeAsync(run, "Back.", null, Cancel));

        await UntilAsync(async () => (await SummaryAsync(run, SystemMetrics.Energy))!.Last.Value > before.Last.Value);
        SeriesSummary after = (await SummaryAsync(run, SystemMetrics.Energy))!;
        Assert.True(after.Last.Value < (after.Last.Time - after.First.Time).TotalSeconds - 2, $"{after.Last.Value} Wh");
        Assert.Equal(0, after.Min.Value);
    }

    [Theory]
    [InlineData("exit 9")]
    [InlineData("exec sleep 60")]
    [InlineData("head -c 1000000 /dev/urandom")]
    public async Task ToolOfTheDriver_ThatFails_HurtsNobody(string script)
    {
        _lab.Options = _lab.Options with { SystemMetricsInterval = TimeSpan.FromSeconds(1), NvidiaSmi = Tool(script) };
        await _lab.StartAsync();

        Guid run = await _lab.LaunchAsync("normal");
        await UntilAsync(async () => (await _lab.RunAsync(run)).State == RunState.Completed);
        await UntilAsync(async () => await _lab.ReadAsync(db => db.NodeSamples.CountAsync(Cancel)) > 1);
        Assert.All(await _lab.ReadAsync(db => db.NodeSamples.ToListAsync(Cancel)), s => Assert.Empty(s.Usage.Gpus));
    }

    [Fact]
    public async Task OldMoments_AreForgotten_AndNothingIsMeasuredWhenSwitchedOff()
    {
        await _lab.StartAsync();
        string node = (await _lab.ReadAsync(db => db.Nodes.SingleAsync(Cancel))).Name;
        var idle = new MachineUsage(null, 1, null, null, null, null, 0, []);
        await _lab.WriteAsync(async db =>
        {
            db.NodeSamples.Add(new NodeSample { Node = node, Time = DateTime.UtcNow.AddHours(-25), Usage = idle });
            db.NodeSamples.Add(new NodeSample { Node = node, Time = DateTime.UtcNow.AddHours(-23), Usage = idle });
            await db.SaveChangesAsync(Cancel);
        });
        await Task.Delay(1500, Cancel);
        Assert.Equal(2, await _lab.ReadAsync(db => db.NodeSamples.CountAsync(Cancel)));

        await _lab.StopAsync();
        _lab.Options = _lab.Options with { SystemMetricsInterval = TimeSpan.FromSeconds(1), NvidiaSmi = "" };
        await _lab.StartAsync();
        await UntilAsync(async () => await _lab.ReadAsync(db => db.NodeSamples.CountAsync(Cancel)) > 1 && await _lab.ReadAsync(db => db.NodeSamples.AllAsync(s => s.Time > DateTime.UtcNow.AddHours(-24), Cancel)));
    }

    [Fact]
    public void Tree_CountsChildren()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; exec sleep 30"]))!;
        try
        {
            TreeUsage? usage = null;
            Assert.True(SpinWait.SpinUntil(() => (usage = ProcessTree.Read().Of(shell.Id))?.CpuTime > TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30)));
            TreeUsage all = ProcessTree.Read().Of(Environment.ProcessId)!;
            Assert.True(all.CpuTime > usage!.CpuTime && all.MemoryBytes > usage.MemoryBytes);
        }
        finally
        {
            shell.Kill();
        }

        shell.WaitForExit();
        Assert.Null(ProcessTree.Read().Of(shell.Id));
    }

    private Task<Guid> LaunchAsync() => _lab.LaunchAsync(new Runs.RunRequest("run", TestLab.Spec("long") with { Resources = new() { Device = DeviceKind.Cuda } }));

    private async Task<SeriesSummary?> SummaryAsync(Guid run, string key) => (await _lab.Metrics.ListAsync(run, Cancel)).FirstOrDefault(s => s.Key == key);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(60);
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, "It did not happen within a minute.");
            await Task.Delay(100, Cancel);
        }
    }

    private string Tool(string script)
    {
        string file = Path.Combine(_lab.Folder, "nvidia-smi");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }
}
