using System.Diagnostics;
using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>What a server finds when it starts after another one ended, well or badly.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Stop_OfTheProgram_PausesThroughACheckpointAndGoesOnAfterwards()
    {
        Guid id = await _lab.LaunchAsync("long"), waiting = await _lab.LaunchAsync("normal");
        await _lab.WaitForStepAsync(id, 30);
        await _lab.StopAsync();
        await _lab.StartAsync();
        long checkpoint = await _lab.ReadAsync(db => db.Checkpoints.Select(c => c.Step).SingleAsync(Cancel));
        Assert.True(checkpoint >= 30);

        await _lab.WaitForStepAsync(id, checkpoint + 20);
        Assert.Equal([Queued, Starting, Running, Interrupted, Queued, Starting, Running], await _lab.StatesAsync(id));
        Assert.Contains(await _lab.CausesAsync(id), c => c.Contains($"from step {checkpoint} on", StringComparison.Ordinal));
        Assert.Null(await _lab.Runs.StopAsync(id, "Enough.", null, Cancel));
        await _lab.WaitForAsync(waiting, Completed);
        Assert.Equal((2, 1), (_lab.Starts(id).Length, _lab.Starts(waiting).Length));
    }

    [Fact]
    public async Task Start_AfterAServerDied_StoresTheJournalAndGoesOn()
    {
        Guid id = await AbandonAsync("normal", Running, journal: 37);
        await _lab.StartAsync();
        Run run = await _lab.WaitForAsync(id, Completed);

        Assert.Equal([Interrupted, Queued, Starting, Running, Completed], await _lab.StatesAsync(id));
        MetricSeriesData loss = await _lab.LossAsync(id);
        Assert.Equal(Enumerable.Range(1, 60).Select(s => (long)s), loss.Steps);
        // The journal's values, not the later worker's, tell that step 37 came from there before the run went on from the start.
        Assert.Contains("37 lines", await _lab.LogTextAsync(id), StringComparison.Ordinal);
        Assert.Equal(0, run.AutomaticResumes);
    }

    [Fact]
    public async Task Start_WhenTheWorkerStillLives_EndsItFirst()
    {
        await _lab.AddDatasetAsync("deaf");
        using Process orphan = StartOrphan();
        Guid id = await AbandonAsync("deaf", Running, journal: 5, orphan);
        await _lab.StartAsync();
        await _lab.WaitUntilAsync(id, r => r.Attempt == 2, "a second attempt");

        Assert.True(orphan.HasExited);
        Assert.Equal([Interrupted, Queued, Starting], (await _lab.StatesAsync(id)).Take(3));
        Assert.Null(await _lab.Runs.CancelAsync(id, "Seen.", null, Cancel));
    }

    [Fact]
    public async Task Start_WhenTheJournalSaysDone_TakesItsWord()
    {
        Guid id = await AbandonAsync("normal", Running, journal: 3, last: new DoneEvent { Outcome = Outcome.Completed });
        await _lab.StartAsync();
        await _lab.WaitForFreeSlotAsync(id);

        Assert.Equal([Completed], await _lab.StatesAsync(id));
        Assert.Equal(3, (await _lab.LossAsync(id)).Steps.Length);
    }

    [Fact]
    public async Task Start_WhenTheRunWasToStop_EndsIt()
    {
        Guid id = await AbandonAsync("normal", Stopping, journal: 3);
        await _lab.StartAsync();
        await _lab.WaitForFreeSlotAsync(id);

        Assert.Equal([Interrupted, Stopped], await _lab.StatesAsync(id));
        Assert.Equal(10, (await _lab.RunAsync(id)).SecondsOnSlots, tolerance: 1);
    }

    [Fact]
    public async Task Start_AfterManyDeathsWithoutProgress_WaitsForAPerson()
    {
        Guid id = await AbandonAsync("normal", Running, journal: 3, resumes: AutomaticResume.Limit);
        await _lab.StartAsync();
        await _lab.WaitForFreeSlotAsync(id);

        Assert.Equal([Interrupted], await _lab.StatesAsync(id));
        await Task.Delay(2500, Cancel);
        Assert.Equal(Interrupted, (await _lab.RunAsync(id)).State);
    }

    [Fact]
    public async Task Resume_WhenTheEndOfTheLastAttemptWasNeverStored_EndsAsTheNewAttemptDoes()
    {
        Guid id = await AbandonAsync("normal", Running, journal: 3, resumes: AutomaticResume.Limit);
        await _lab.StartAsync();
        await _lab.WaitForFreeSlotAsync(id);
        long stored = (await _lab.RunAsync(id)).LastSequence;
        var end = new DoneEvent { Sequence = stored + 1, Time = DateTime.UtcNow, Outcome = Outcome.Failed, Reason = "The disk is full." };
        await File.AppendAllTextAsync(Path.Combine(_lab.Paths.RunFolder(id), WorkerProtocol.JournalFile), $"\n{end.ToLine()}\n", Cancel);

        Assert.Null(await _lab.Runs.ResumeAsync(id, "test", null, Cancel));
        await _lab.WaitForAsync(id, Completed, Failed);
        Assert.Equal([Interrupted, Queued, Starting, Running, Completed], await _lab.StatesAsync(id));
    }

    [Fact]
    public async Task Start_WithARunningImport_EndsItWithAReason()
    {
        await _lab.WriteAsync(db =>
        {
            db.Imports.Add(new Import { Name = "clips", Path = _lab.Folder, Options = new(), State = ImportState.Running, CreatedAt = DateTime.UtcNow });
            return Task.CompletedTask;
        });
        await _lab.StopAsync();
        await _lab.StartAsync();

        Import import = await _lab.ReadAsync(db => db.Imports.SingleAsync(Cancel));
        Assert.Equal((ImportState.Failed, "The program ended while the import ran; start it again."), (import.State, import.Message));
    }

    [Fact]
    public async Task Start_WithFilesThatNothingRefersTo_RemovesThem()
    {
        await _lab.StopAsync();
        string stray = _lab.Paths.ArtifactFile(new string('c', 64));
        Directory.CreateDirectory(Path.GetDirectoryName(stray)!);
        await File.WriteAllTextAsync(stray, "left by a crash", Cancel);
        File.SetLastWriteTimeUtc(stray, DateTime.UtcNow.AddMinutes(-1));
        await _lab.StartAsync();

        for (int i = 0; i < 200 && File.Exists(stray); i++)
            await Task.Delay(50, Cancel);
        Assert.False(File.Exists(stray));
    }

    /// <summary>Leaves the data folder as a server that was killed leaves it: a leased run whose last events are only in its journal.</summary>
    private async Task<Guid> AbandonAsync(string behaviour, RunState state, int journal, Process? worker = null, WorkerEvent? last = null, int resumes = 0)
    {
        await _lab.AddDatasetAsync(behaviour);
        Guid version = await _lab.ReadAsync(db => db.DatasetVersions.Select(v => v.Id).SingleAsync(Cancel));
        var run = new Run
        {
            Name = "abandoned",
            SpecJson = SpecText.ToJson(TestLab.Spec(behaviour)),
            DatasetVersionId = version,
            Classes = ["a", "b"],
            CreatedAt = DateTime.UtcNow,
            Attempt = 1,
            AutomaticResumes = resumes,
        };
        foreach (RunState step in (RunState[])[Queued, Starting, Running, state])
        {
            if (run.State != step)
                Assert.Null(run.Move(step, "Test.", DateTime.UtcNow).Refusal);
        }

        await _lab.StopAsync();
        await WriteJournalAsync(run.Id, journal, last);
        await WriteRowsAsync(run, worker);
        return run.Id;
    }

    private async Task WriteRowsAsync(Run run, Process? worker)
    {
        var builder = new DbContextOptionsBuilder<LabDbContext>();
        builder.UseLab(_lab.Options);
        await using var db = new LabDbContext(builder.Options);
        db.Runs.Add(run);
        db.Leases.Add(new Lease
        {
            RunId = run.Id,
            Node = Environment.MachineName,
            Slots = [new LeaseSlot { Node = Environment.MachineName, Slot = 0, RunId = run.Id }],
            Owner = "4000000|1|gone",
            Token = Guid.CreateVersion7(),
            WorkerPid = worker?.Id,
            WorkerStartedAt = worker?.StartTime.ToUniversalTime(),
            // The machine was switched off ten seconds later.
            TakenAt = DateTime.UtcNow.AddDays(-1),
            ExpiresAt = DateTime.UtcNow.AddDays(-1).AddSeconds(10) + ServerIdentity.LeaseTime,
        });
        await db.SaveChangesAsync(Cancel);
    }

    private async Task WriteJournalAsync(Guid id, int steps, WorkerEvent? last)
    {
        long sequence = 0;
        var lines = new List<string>();
        for (int step = 1; step <= steps; step++)
            Add(new MetricEvent { Step = step, Epoch = step / 20.0, Values = new Dictionary<string, double> { ["train/loss"] = 9 } });
        Add(new LogEvent { Level = LogLevel.Information, Message = $"{steps} lines" });
        if (last is not null)
            Add(last);
        Directory.CreateDirectory(_lab.Paths.RunFolder(id));
        // The end is torn, as a kill leaves it.
        await File.WriteAllTextAsync(Path.Combine(_lab.Paths.RunFolder(id), WorkerProtocol.JournalFile), string.Join('\n', lines) + "\n{\"type\":\"met", Cancel);

        void Add(WorkerEvent e) => lines.Add((e with { Sequence = ++sequence, Time = DateTime.UtcNow }).ToLine());
    }

    private Process StartOrphan()
    {
        string folder = Path.Combine(_lab.Folder, "orphan");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "spec.json"), SpecText.ToJson(TestLab.Spec("deaf")));
        var start = new ProcessStartInfo("dotnet", [_lab.Options.WorkerPath, "train", Path.Combine(folder, "spec.json"), "--output", folder]) { RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }
}
