using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Devices, slots, limits, and what is refused before it starts.</summary>
public sealed class SlotTests : IAsyncDisposable
{
    private static readonly ComputeDevice Cpu = new("cpu", DeviceKind.Cpu, "Processor", 8, 16L << 30);

    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Workers_OnGpusAndProcessor_SeeTheirOwnDeviceAndThreads()
    {
        _lab.UseDevices(Cpu, new ComputeDevice("cuda:0", DeviceKind.Cuda, "Card", 0, 8L << 30), new ComputeDevice("cuda:1", DeviceKind.Cuda, "Card", 0, 8L << 30));
        _lab.Options = _lab.Options with { Slots = 2 };
        await _lab.StartAsync();
        Guid first = await LaunchAsync(DeviceKind.Auto), second = await LaunchAsync(DeviceKind.Cuda), processor = await LaunchAsync(DeviceKind.Cpu, 2);
        foreach (Guid id in (Guid[])[first, second, processor])
            await _lab.WaitForStepAsync(id, 1);

        Assert.Equal(["2 0", "2 1"], ((string[])[Environment(first), Environment(second)]).Order());
        Assert.Equal("4 ", Environment(processor));
        Assert.Contains("slots 1, 2 (cpu)", (await _lab.CausesAsync(processor))[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeRun_WaitsForItsSlotsWithoutBeingOvertaken()
    {
        await StartAsync(slots: 2);
        Guid busy = await LaunchAsync(DeviceKind.Cpu);
        await _lab.WaitForStepAsync(busy, 1);
        Guid large = await LaunchAsync(DeviceKind.Cpu, 2), small = await LaunchAsync(DeviceKind.Cpu);
        await Task.Delay(1000, Cancel);
        Assert.Equal([Queued, Queued], [(await _lab.RunAsync(large)).State, (await _lab.RunAsync(small)).State]);

        await _lab.Runs.CancelAsync(busy, "Enough.", null, Cancel);
        await _lab.WaitForStepAsync(large, 1);
        Assert.Equal(Queued, (await _lab.RunAsync(small)).State);
    }

    [Fact]
    public async Task Limits_OfProjectAndSweep_HoldAndAreSaid()
    {
        await StartAsync(slots: 4);
        RunRequest request = new("trial", Spec(DeviceKind.Cpu)) { Project = "gestures", Sweep = "search" };
        Guid first = await _lab.LaunchAsync(request);
        await _lab.WaitForStepAsync(first, 1);
        Guid sweep = await _lab.ReadAsync(db => db.Sweeps.Select(s => s.Id).SingleAsync(Cancel));
        LimitService limits = _lab.Services.GetRequiredService<LimitService>();
        Assert.Null(await limits.LimitAsync(sweep, 1, Cancel));
        Guid second = await _lab.LaunchAsync(request), other = await _lab.LaunchAsync(request with { Sweep = null });
        await _lab.WaitForStepAsync(other, 1);
        Assert.Equal(Queued, (await _lab.RunAsync(second)).State);

        Assert.Null(await limits.LimitAsync(sweep, null, Cancel));
        await _lab.WaitForStepAsync(second, 1);
        Assert.Equal("The limit is -1: allowed are 0 to 10000 runs at once, or none.", await limits.LimitAsync(sweep, -1, Cancel));
        Assert.Equal("The share is 0: allowed are 0.01 to 100.", await limits.ShareAsync(Project.DefaultId, 0, Cancel));
    }

    [Fact]
    public async Task Projects_ThatWaitTogether_TakeTurns()
    {
        await StartAsync(slots: 1);
        QueueService queue = _lab.Services.GetRequiredService<QueueService>();
        await queue.HoldAsync(null, null, Cancel);
        var runs = new List<Guid>();
        foreach (string project in (string[])["red", "red", "red", "blue"])
            runs.Add(await _lab.LaunchAsync(new RunRequest(project, TestLab.Spec("normal")) { Project = project }));
        // While one of red's runs is on a slot, blue holds fewer: with two slots the second is blue's.
        await _lab.StopAsync();
        _lab.Options = _lab.Options with { Slots = 2 };
        await _lab.StartAsync();
        await _lab.Services.GetRequiredService<QueueService>().ReleaseAsync(null, null, Cancel);
        foreach (Guid id in runs)
            await _lab.WaitForAsync(id, Completed);
        List<Guid> started = await _lab.ReadAsync(db => db.RunStateChanges.Where(c => c.To == Starting).OrderBy(c => c.Id).Select(c => c.RunId).ToListAsync(Cancel));
        Assert.Equal([runs[0], runs[3]], started[..2]);
    }

    [Fact]
    public async Task TimeLimit_OverAllAttempts_StopsTheRun()
    {
        // It is asked to stop while it still starts, which takes its time on a busy machine.
        _lab.Options = _lab.Options with { StopGrace = TimeSpan.FromMinutes(1) };
        await StartAsync(slots: 1);
        RunSpec spec = Spec(DeviceKind.Cpu);
        Guid id = await _lab.LaunchAsync(new RunRequest("limited", spec with { Resources = spec.Resources with { TimeLimitMinutes = 1 } }));
        await _lab.WaitForStepAsync(id, 1);
        await _lab.Runs.PauseAsync(id, "For a moment.", null, Cancel);
        await _lab.WaitForAsync(id, Paused);
        await _lab.WaitForFreeSlotAsync(id);
        Assert.InRange((await _lab.RunAsync(id)).SecondsOnSlots, 0.01, 60);
        await _lab.WriteAsync(db => db.Runs.Where(r => r.Id == id).ExecuteUpdateAsync(r => r.SetProperty(x => x.SecondsOnSlots, 59.5), Cancel));
        Assert.Null(await _lab.Runs.ResumeAsync(id, "On.", null, Cancel));
        await _lab.WaitForAsync(id, Stopped);
        Assert.Contains("Its time limit of 1 minute is over.", await _lab.CausesAsync(id));
    }

    [Fact]
    public async Task Launch_OfWhatCannotFit_NamesFieldAndLargestBatch()
    {
        _lab.UseDevices(Cpu with { MemoryBytes = 400L << 20 });
        await _lab.StartAsync();
        await _lab.AddDatasetAsync("normal");
        await _lab.AddDatasetAsync("long");
        RunSpec large = TestLab.Spec("normal") with { Training = new TrainingSpec { BatchSize = 4096 } };
        SpecProblem memory = Assert.Single((await _lab.Runs.CreateAsync(new RunRequest("large", large), Cancel)).Problems);
        Assert.Equal("training.batchSize", memory.Path);
        Assert.Matches("its slot has 400 MiB: (the largest batch that fits is [0-9]+|not even a single clip fits)", memory.Message);

        SpecProblem gpu = Assert.Single((await _lab.Runs.CreateAsync(new RunRequest("gpu", Spec(DeviceKind.Cuda)), Cancel)).Problems);
        Assert.Equal(new SpecProblem("resources.device", "No machine has a slot with a CUDA device: take auto or cpu."), gpu);
        SpecProblem slots = (await _lab.Runs.CreateAsync(new RunRequest("many", Spec(DeviceKind.Cpu, 3)), Cancel)).Problems[0];
        Assert.Equal(new SpecProblem("resources.slots", "The run asks for 3 slots together, and no machine has more than 1."), slots);
    }

    [Fact]
    public async Task DamagedVersion_IsRefusedAtLaunchAndAtStart()
    {
        await StartAsync(slots: 1);
        QueueService queue = _lab.Services.GetRequiredService<QueueService>();
        await queue.HoldAsync(null, null, Cancel);
        Guid id = await _lab.LaunchAsync("normal");
        Guid version = (await _lab.RunAsync(id)).DatasetVersionId;
        string manifest = Path.Combine(_lab.Paths.DatasetFolder(version), WorkerProtocol.ManifestFile);
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest, Cancel)).Replace("b/1.avi", "b/2.avi", StringComparison.Ordinal), Cancel);
        await queue.ReleaseAsync(null, null, Cancel);
        Assert.Contains("was changed since it was recorded", (await _lab.WaitForAsync(id, Failed)).Reason, StringComparison.Ordinal);

        File.Delete(manifest);
        SpecProblem gone = Assert.Single((await _lab.Runs.CreateAsync(new RunRequest("again", TestLab.Spec("normal")), Cancel)).Problems);
        Assert.Equal("data.dataset", gone.Path);
        Assert.Contains("are gone from", gone.Message, StringComparison.Ordinal);
    }

    private Task StartAsync(int slots)
    {
        _lab.Options = _lab.Options with { Slots = slots };
        return _lab.StartAsync();
    }

    private Task<Guid> LaunchAsync(DeviceKind device, int slots = 1) => _lab.LaunchAsync(new RunRequest("run", Spec(device, slots)));

    private static RunSpec Spec(DeviceKind device, int slots = 1) => TestLab.Spec("long") with { Resources = new ResourceSpec { Device = device, Slots = slots } };

    private string Environment(Guid run) => File.ReadAllLines(Path.Combine(_lab.Paths.RunFolder(run), "environments.txt"))[^1];
}
