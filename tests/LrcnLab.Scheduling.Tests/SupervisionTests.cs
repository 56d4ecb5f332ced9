using System.Diagnostics;
using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>One run and its worker, in all the ways in which a worker can behave.</summary>
public sealed class SupervisionTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Run_OfAGoodWorker_CompletesOnceWithEverythingStored()
    {
        Guid id = await _lab.LaunchAsync("normal");
        Run run = await _lab.WaitForAsync(id, Completed);

        Assert.Single(_lab.Starts(id));
        Assert.Equal([Queued, Starting, Running, Completed], await _lab.StatesAsync(id));
        Assert.Equal((60L, 3, "cpu", 1), (run.Step, run.Epoch, run.Device, run.Attempt));
        Assert.NotNull(run.EndedAt);
        MetricSeriesData loss = await _lab.LossAsync(id);
        Assert.Equal(Enumerable.Range(1, 60).Select(s => (long)s), loss.Steps);
        Assert.True(double.IsNaN(loss.Values[6]));
        Assert.Equal(1.0 / 60, loss.Values[59]);
        Assert.Equal([1, 2, 3], await _lab.ReadAsync(db => db.ConfusionMatrices.OrderBy(m => m.Epoch).Select(m => m.Epoch).ToListAsync(Cancel)));
        await _lab.WaitForFreeSlotAsync(id);
        Assert.Contains("Hello.", await _lab.LogTextAsync(id), StringComparison.Ordinal);
        Assert.DoesNotContain('\u0007', await _lab.LogTextAsync(id));
    }

    [Fact]
    public async Task Run_ThatPrepares_SaysHowFarItIs()
    {
        Guid id = await _lab.LaunchAsync("preparing");

        await _lab.WaitUntilAsync(id, r => r.Stage == "computing features, 75 %", "its progress");
        Assert.Equal(Starting, (await _lab.RunAsync(id)).State);
        Assert.Null(await _lab.Runs.CancelAsync(id, "Seen.", null, Cancel));
    }

    [Fact]
    public async Task Checkpoints_WhenReplaced_LeaveOneFileAndNoRest()
    {
        Guid id = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(id, Completed);

        Checkpoint last = await _lab.ReadAsync(db => db.Checkpoints.SingleAsync(c => c.RunId == id, Cancel));
        Assert.Equal(("last", 60L, 3), (last.Kind, last.Step, last.Epoch));
        Assert.True(double.IsNaN(last.Metrics["train/loss"]));
        var artifacts = _lab.Services.GetRequiredService<ArtifactStore>();
        using (var reader = new StreamReader(artifacts.OpenRead(last.Sha256)!))
            Assert.Equal("60", await reader.ReadToEndAsync(Cancel));
        Assert.Equal([_lab.Paths.ArtifactFile(last.Sha256)], Directory.GetFiles(_lab.Paths.ArtifactRoot, "*", SearchOption.AllDirectories));
        await _lab.WaitForFreeSlotAsync(id);
        Assert.Equal(last.Sha256, await _lab.ReadAsync(db => db.Artifacts.Select(a => a.Sha256).SingleAsync(Cancel)));
        Assert.False(Directory.Exists(Path.Combine(_lab.Paths.RunFolder(id), "checkpoints")));
    }

    [Fact]
    public async Task Kill_OfTheWorker_LosesNothingAndGoesOnByItself()
    {
        Guid id = await _lab.LaunchAsync("long");
        await _lab.WaitForStepAsync(id, 45);
        int pid = await _lab.WorkerPidAsync(id);
        Process.GetProcessById(pid).Kill();
        await _lab.WaitUntilAsync(id, r => r.Attempt == 2 && r.State == Running, "a second attempt");

        Assert.Equal([Queued, Starting, Running, Interrupted, Queued, Starting, Running], await _lab.StatesAsync(id));
        List<string> causes = await _lab.CausesAsync(id);
        Assert.Contains("SIGKILL", causes[3], StringComparison.Ordinal);
        Assert.Equal("Goes on from the last checkpoint by itself (1 of 3 times without a new one).", causes[4]);
        await _lab.WaitForStepAsync(id, 100);
        Assert.Null(await _lab.Runs.StopAsync(id, "Enough.", null, Cancel));
        Run run = await _lab.WaitForAsync(id, Stopped);

        Assert.Equal(2, run.Attempt);
        Assert.Contains("from step 40 on", causes[6], StringComparison.Ordinal);
        MetricSeriesData loss = await _lab.LossAsync(id);
        Assert.Equal(Enumerable.Range(1, loss.Steps.Length).Select(s => (long)s), loss.Steps);
        Assert.Equal(run.Step, loss.Steps[^1]);
        Assert.Equal(run.Step, await _lab.ReadAsync(db => db.Checkpoints.Select(c => c.Step).SingleAsync(Cancel)));
    }

    [Fact]
    public async Task Pause_OfARunningRun_PausesAndResumes()
    {
        Guid id = await _lab.LaunchAsync("long");
        await _lab.WaitForStepAsync(id, 10);
        Assert.Null(await _lab.Runs.PauseAsync(id, "Lunch.", null, Cancel));
        await _lab.WaitForAsync(id, Paused);
        Assert.Equal([Queued, Starting, Running, Pausing, Paused], await _lab.StatesAsync(id));

        Assert.Null(await _lab.Runs.ResumeAsync(id, "Back.", null, Cancel));
        Run before = await _lab.RunAsync(id);
        await _lab.WaitForStepAsync(id, before.Step + 10);
        Assert.Null(await _lab.Runs.CancelAsync(id, "Enough.", null, Cancel));
        await _lab.WaitForAsync(id, Canceled);
        await _lab.WaitForFreeSlotAsync(id);
        Assert.All(_lab.Starts(id), AssertGone);
    }

    [Fact]
    public async Task Garbage_OnTheOutput_HurtsNobodyAndLosesNothing()
    {
        Guid id = await _lab.LaunchAsync("garbage");
        await _lab.WaitForAsync(id, Completed);
        // What is counted over the whole output stands in the log when the output has ended.
        await _lab.WaitForFreeSlotAsync(id);

        Assert.Equal(Enumerable.Range(1, 60).Select(s => (long)s), (await _lab.LossAsync(id)).Steps);
        string log = await _lab.LogTextAsync(id);
        Assert.Contains("something that is no event: hello { not json", log, StringComparison.Ordinal);
        Assert.Contains("a line that is too long: xxxx", log, StringComparison.Ordinal);
        Assert.Contains("lines that were no events; the first 20 are above", log, StringComparison.Ordinal);
        Assert.Contains("could not initialize", log, StringComparison.Ordinal);
        Assert.True(log.Length < 200_000);
    }

    [Fact]
    public async Task Silence_BeyondThePromise_Interrupts()
    {
        Guid id = await _lab.LaunchAsync("silent");
        Run run = await _lab.WaitForAsync(id, Interrupted);

        Assert.Contains("no sign of life", run.Reason, StringComparison.Ordinal);
        // Without a checkpoint it is tried again so often, and then waits for a person.
        Assert.Equal(1 + 3, _lab.Starts(id).Length);
        Assert.All(_lab.Starts(id), AssertGone);
    }

    [Fact]
    public async Task Abort_InNativeCode_FailsWithTheSignal()
    {
        Guid id = await _lab.LaunchAsync("abort");
        Run run = await _lab.WaitForAsync(id, Failed);

        Assert.Contains("SIGABRT, exit code 134", run.Reason, StringComparison.Ordinal);
        Assert.Contains("native abort", run.Reason, StringComparison.Ordinal);
        Assert.Equal("crashed", run.FailureLabel);
        Assert.Equal(20, await _lab.ReadAsync(db => db.Checkpoints.Select(c => c.Step).SingleAsync(Cancel)));
    }

    [Fact]
    public async Task ExitCode_WithoutGoodbye_FailsWithTheLastWords()
    {
        Guid id = await _lab.LaunchAsync("exit");
        Run run = await _lab.WaitForAsync(id, Failed);

        Assert.Equal("The worker failed (exit code 7). Its last words: first words | no such device: cuda:7", run.Reason);
    }

    [Fact]
    public async Task Failure_ThatTheWorkerNames_IsTheReason()
    {
        Guid id = await _lab.LaunchAsync("fail");
        Run run = await _lab.WaitForAsync(id, Failed);
        Assert.Equal(("CUDA out of memory.", "out of GPU memory", 1), (run.Reason, run.FailureLabel, run.Attempt));
    }

    [Fact]
    public async Task Stop_ThatIsIgnored_EndsInAKill()
    {
        Guid id = await _lab.LaunchAsync("deaf");
        await _lab.WaitForStepAsync(id, 25);
        Assert.Null(await _lab.Runs.StopAsync(id, "Enough.", null, Cancel));
        Run run = await _lab.WaitForAsync(id, Failed);

        Assert.Contains("did not stop within", run.Reason, StringComparison.Ordinal);
        Assert.All(_lab.Starts(id), AssertGone);
    }

    [Fact]
    public async Task ExitCode0_WithoutGoodbye_FailsAndSaysSo()
    {
        Guid id = await _lab.LaunchAsync("exit-0");
        Assert.Equal("The worker ended without saying how (exit code 0).", (await _lab.WaitForAsync(id, Failed)).Reason);
    }

    [Fact]
    public async Task Memory_BeyondTheLimit_FailsTheRunAndIsFreeAgain()
    {
        await _lab.StopAsync();
        _lab.Options = _lab.Options with { WorkerMemoryMiB = 400 };
        await _lab.StartAsync();
        Guid id = await _lab.LaunchAsync("hungry");
        Run run = await _lab.WaitForAsync(id, Failed);

        Assert.Contains("more than its slots have (400 MiB)", run.Reason, StringComparison.Ordinal);
        Assert.Equal(("out of memory", 1), (run.FailureLabel, run.Attempt));
        Assert.All(_lab.Starts(id), AssertGone);
        Assert.Equal(20, await _lab.ReadAsync(db => db.Checkpoints.Select(c => c.Step).SingleAsync(Cancel)));
    }

    [Fact]
    public async Task Processes_ThatAWorkerLeavesBehind_AreKilled()
    {
        Guid id = await _lab.LaunchAsync("children");
        await _lab.WaitForAsync(id, Completed);
        await _lab.WaitForFreeSlotAsync(id);

        AssertGone(int.Parse(File.ReadAllText(Path.Combine(_lab.Paths.RunFolder(id), "child.txt")), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("The worker left 1 process behind, which was killed.", await _lab.LogTextAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Torrent_OfOutput_CostsNeitherMemoryNorDisk()
    {
        Guid id = await _lab.LaunchAsync("torrent");
        await _lab.WaitForStepAsync(id, 40);
        Assert.Null(await _lab.Runs.StopAsync(id, "Enough.", null, Cancel));
        await _lab.WaitForAsync(id, Stopped);
        await _lab.WaitForFreeSlotAsync(id);

        Assert.True(Directory.EnumerateFiles(_lab.Paths.RunFolder(id)).Sum(f => new FileInfo(f).Length) < 4 << 20);
        using var self = Process.GetCurrentProcess();
        Assert.True(self.WorkingSet64 < 2L << 30);
        MetricSeriesData loss = await _lab.LossAsync(id);
        Assert.Equal(Enumerable.Range(1, loss.Steps.Length).Select(s => (long)s), loss.Steps);
    }

    [Fact]
    public async Task Files_ThatAreNotWhatWasAnnounced_AreNotKept()
    {
        Guid id = await _lab.LaunchAsync("lie");
        await _lab.WaitForAsync(id, Completed);
        await _lab.WaitForFreeSlotAsync(id);

        Assert.False(await _lab.ReadAsync(db => db.Checkpoints.AnyAsync(Cancel)));
        string log = await _lab.LogTextAsync(id);
        Assert.Contains("is not what the worker announced", log, StringComparison.Ordinal);
        Assert.Contains("which is not in the run's folder", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slots_WhenTaken_MakeRunsWaitInOrder()
    {
        Guid first = await _lab.LaunchAsync("normal"), second = await _lab.LaunchAsync("normal"), third = await _lab.LaunchAsync("normal");
        Assert.Null(await _lab.Runs.StopAsync(third, "Not needed.", null, Cancel));
        Run a = await _lab.WaitForAsync(first, Completed), b = await _lab.WaitForAsync(second, Completed);

        Assert.True(a.EndedAt <= b.StartedAt);
        Assert.Equal([Queued, Canceled], await _lab.StatesAsync(third));
    }

    [Fact]
    public async Task WorkerProgram_ThatIsMissing_FailsTheRun()
    {
        await _lab.StopAsync();
        _lab.Options = _lab.Options with { WorkerPath = "/nowhere/LrcnLab.Worker" };
        await _lab.StartAsync();
        Guid id = await _lab.LaunchAsync("normal");

        Assert.Contains("/nowhere/LrcnLab.Worker", (await _lab.WaitForAsync(id, Failed)).Reason, StringComparison.Ordinal);
        await _lab.WaitForFreeSlotAsync(id);
    }

    private static void AssertGone(int pid) => Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid));
}
