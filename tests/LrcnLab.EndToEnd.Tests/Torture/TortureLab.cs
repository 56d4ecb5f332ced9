using System.Diagnostics;
using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LrcnLab.EndToEnd.Tests.Torture;

/// <summary>An installation that is killed again and again, and what must hold in it.</summary>
public sealed class TortureLab : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3), TruthLimit = TimeSpan.FromSeconds(10);

    private readonly string _data = TestPaths.NewFolder("torture");
    private LabProcess? _lab;

    public LabProcess Lab => _lab!;

    public async Task StartAsync(CancellationToken cancel)
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
        _lab = await LabProcess.StartAsync(_data, cancel);
    }

    public async Task WaitForSampleAsync(CancellationToken cancel) =>
        await LabApi.WaitAsync(async () => (await Lab.Api.ItemsAsync("datasets", cancel)).FirstOrDefault(), Limit, "the sample", cancel);

    /// <summary>A run of a few seconds that writes many checkpoints; always the same.</summary>
    public Task<Guid> LaunchAsync(string name, CancellationToken cancel)
    {
        JsonObject spec = Fixtures.Lab.SmallSpec(epochs: 3);
        spec["checkpoints"] = new JsonObject { ["saveEverySteps"] = 6, ["verifyResume"] = false };
        return Lab.Api.CreateRunAsync(name, spec, cancel);
    }

    public string RunFolder(Guid run) => Path.Combine(_data, "runs", run.ToString());

    /// <summary>Waits for the moment; false when the run ended before it came.</summary>
    public async Task<bool> WaitForAsync(Guid run, Strike strike, CancellationToken cancel)
    {
        string checkpoints = Path.Combine(RunFolder(run), "checkpoints"), artifacts = Path.Combine(_data, "artifacts"), journal = Path.Combine(RunFolder(run), "events.jsonl");
        long shown = strike.Moment == Moment.CheckpointIsRecorded ? await CheckpointStepAsync(run, cancel) : 0;
        var since = Stopwatch.StartNew();
        var asked = Stopwatch.StartNew();
        while (strike.Moment != Moment.AnyTime)
        {
            bool come = strike.Moment switch
            {
                Moment.WorkerAppears => ProcessTable.WorkersOf(run).Count > 0,
                Moment.CheckpointIsWritten => Directory.Exists(checkpoints) && Directory.EnumerateFileSystemEntries(checkpoints).Any(),
                Moment.ArtifactIsTaken => Directory.EnumerateFiles(artifacts, "incoming-*").Any(),
                Moment.CheckpointIsRecorded => await CheckpointStepAsync(run, cancel) > shown,
                _ => File.Exists(journal) && (await ReadAsync(journal)).Contains("\"outcome\"", StringComparison.Ordinal),
            };
            if (come)
                break;
            if (asked.ElapsedMilliseconds > 200)
            {
                if (await Lab.Api.StateAsync(run, cancel) == "completed" || since.Elapsed > TimeSpan.FromSeconds(20))
                    return false;
                asked.Restart();
            }
        }

        await Task.Delay(strike.Delay, cancel);
        // Just after its end is as good a moment as just before.
        return strike.Moment == Moment.WorkerIsDone || await Lab.Api.StateAsync(run, cancel) != "completed";
    }

    /// <summary>Kills, and starts the program again when it was hit.</summary>
    public async Task StrikeAsync(Guid run, Strike strike, CancellationToken cancel)
    {
        if (strike.Victim != Victim.Worker)
            await Lab.KillAsync(cancel);
        if (strike.Victim != Victim.Program)
        {
            foreach (int worker in ProcessTable.WorkersOf(run))
                ProcessTable.KillNine(worker);
        }

        if (strike.Victim == Victim.Worker)
            return;
        await Task.Delay(strike.Pause, cancel);
        await StartAsync(cancel);
    }

    /// <summary>State and processes agree within ten seconds.</summary>
    public async Task AssertTruthAsync(Guid run, CancellationToken cancel)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            string state = await Lab.Api.StateAsync(run, cancel);
            int workers = ProcessTable.WorkersOf(run).Count;
            bool trains = state is "running" or "pausing" or "stopping";
            if (state == await Lab.Api.StateAsync(run, cancel) && (trains ? workers == 1 : state == "starting" || workers == 0))
                return;
            Assert.True(since.Elapsed < TruthLimit, $"The run is {state} with {workers} workers, {since.Elapsed.TotalSeconds:0} s after the program was started again.");
            await Task.Delay(100, cancel);
        }
    }

    /// <summary>The end of a round: completed, equal to the undisturbed run, nothing left behind.</summary>
    public async Task AssertEndAsync(Guid run, Outcome undisturbed, CancellationToken cancel)
    {
        Outcome outcome = await WaitForEndAsync(run, cancel);
        Assert.Equal(undisturbed.Loss, outcome.Loss);
        Assert.Equal(undisturbed.Weights, outcome.Weights);
        Assert.Equal(undisturbed.TestLoss, outcome.TestLoss);
        await LabApi.WaitAsync(() => Task.FromResult(ProcessTable.MarkedBy(run).Count == 0 ? this : null), TruthLimit, "every process of the run to end", cancel);
        await LabApi.WaitAsync(() => Task.FromResult(LeftIn(RunFolder(run)).Any() ? null : this), TruthLimit, "files that nobody needs any more to go", cancel);
    }

    private static IEnumerable<string> LeftIn(string folder) =>
        [.. new[] { "checkpoints", "predictions" }.Select(f => Path.Combine(folder, f)).Where(Directory.Exists).SelectMany(Directory.GetFiles), .. Directory.GetFiles(folder, "*.tmp*")];

    public async Task<Outcome> WaitForEndAsync(Guid run, CancellationToken cancel)
    {
        JsonNode found = await Lab.Api.WaitForStateAsync(run, Limit, cancel, "completed");
        JsonNode last = (await Lab.Api.ItemsAsync($"runs/{run}/checkpoints", cancel)).Single(c => c!["kind"]!.GetValue<string>() == "last")!;
        return new Outcome(await Promises.LossAsync(Lab.Api, run, cancel), last["weightsSha256"]!.GetValue<string>(), found["metrics"]!["test/loss"]!["last"]!.ToJsonString());
    }

    /// <summary>Started once more, so that what a kill left is swept: files and rows refer to each other, none is alone.</summary>
    public async Task AssertNothingIsLooseAsync(CancellationToken cancel)
    {
        await Lab.KillAsync(cancel);
        await StartAsync(cancel);
        await LabApi.WaitAsync(async () => await LooseAsync(cancel) is { Length: > 0 } ? null : this, TruthLimit, "files and rows without a partner to go", cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private async Task<string[]> LooseAsync(CancellationToken cancel)
    {
        var files = Directory.EnumerateFiles(Path.Combine(_data, "artifacts"), "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)!).ToHashSet();
        await using var db = new SqliteConnection($"Data Source={Path.Combine(_data, "lrcnlab.db")};Mode=ReadOnly");
        await db.OpenAsync(cancel);
        HashSet<string> rows = await ReadAsync(db, "SELECT Sha256 FROM Artifacts", cancel), used = await ReadAsync(db, "SELECT Sha256 FROM Checkpoints UNION SELECT Sha256 FROM PredictionFiles", cancel);
        return [.. files.Except(rows).Select(f => $"file without row {f}"), .. rows.Except(used).Select(r => $"row that nothing uses {r}"), .. used.Except(files).Select(u => $"used without file {u}"), .. await ReadAsync(db, "SELECT RunId FROM Leases", cancel)];
    }

    private static async Task<HashSet<string>> ReadAsync(SqliteConnection db, string query, CancellationToken cancel)
    {
        await using SqliteCommand command = db.CreateCommand();
        command.CommandText = query;
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(cancel);
        var found = new HashSet<string>();
        while (await reader.ReadAsync(cancel))
            found.Add(reader.GetString(0));
        return found;
    }

    private async Task<long> CheckpointStepAsync(Guid run, CancellationToken cancel) =>
        (await Lab.Api.ItemsAsync($"runs/{run}/checkpoints", cancel)).Where(c => c!["kind"]!.GetValue<string>() == "last").Select(c => c!["step"]!.GetValue<long>()).SingleOrDefault();

    private static async Task<string> ReadAsync(string journal)
    {
        await using var stream = new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Max(0, stream.Length - 4096);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}

/// <summary>What a run leaves when it is completed.</summary>
/// <param name="Loss">Training loss by step.</param>
/// <param name="Weights">SHA-256 of the last checkpoint's weights.</param>
/// <param name="TestLoss">Of the best weights.</param>
public sealed record Outcome(SortedDictionary<long, string> Loss, string Weights, string TestLoss);
