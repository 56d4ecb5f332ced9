using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LrcnLab.Scheduling.Tests;

/// <summary>A server on a data folder of its own, with workers that only pretend. Start it again to see what a restart sees.</summary>
public sealed class TestLab : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private IHost? _host;

    public TestLab()
    {
        Folder = Directory.CreateTempSubdirectory("lrcnlab-").FullName;
        Options = new LabOptions
        {
            DataDirectory = Path.Combine(Folder, "data"),
            SamplesDirectory = Path.Combine(Folder, "samples"),
            WorkerPath = Path.Combine(AppContext.BaseDirectory, "LrcnLab.FakeWorker.dll"),
            StopGrace = TimeSpan.FromSeconds(1.5),
            CheckInGrace = TimeSpan.FromSeconds(1),
            ShutdownGrace = TimeSpan.FromSeconds(10),
            SystemMetricsInterval = TimeSpan.Zero,
        };
        Paths = new LabPaths(Options.DataDirectory);
    }

    public string Folder { get; }

    public LabOptions Options { get; set; }

    public LabPaths Paths { get; }

    public IServiceProvider Services => _host!.Services;

    public RunService Runs => Services.GetRequiredService<RunService>();

    public MetricStore Metrics => Services.GetRequiredService<MetricStore>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task StartAsync()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Warning).AddConsole();
        builder.Services.AddLabStorage(Options);
        builder.Services.AddLabScheduling(Options);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
        _host = builder.Build();
        Assert.Null(await Services.GetRequiredService<DatabaseInitializer>().InitializeAsync(Cancel));
        await _host.StartAsync(Cancel);
        await Services.GetRequiredService<Machine>().DevicesAsync(Cancel);
    }

    public async Task StopAsync()
    {
        if (_host is null)
            return;
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
        _host = null;
    }

    public async Task<T> ReadAsync<T>(Func<LabDbContext, Task<T>> read)
    {
        await using LabDbContext db = await Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContextAsync(Cancel);
        return await read(db);
    }

    public Task WriteAsync(Func<LabDbContext, Task> change) => Services.GetRequiredService<LabWriter>().WriteAsync(change, Cancel);

    /// <summary>A data set whose name tells the fake worker how to behave, and a run of it.</summary>
    public Task<Guid> LaunchAsync(string behaviour, int priority = 0) => LaunchAsync(new RunRequest($"{behaviour} run", Spec(behaviour)) { Priority = priority });

    public async Task<Guid> LaunchAsync(RunRequest request)
    {
        await AddDatasetAsync(request.Spec.Data.Dataset);
        CreateRunResult result = await Runs.CreateAsync(request, Cancel);
        Assert.Empty(result.Problems);
        return result.Id!.Value;
    }

    /// <summary>The real worker and the samples that ship with the program, instead of the fake ones.</summary>
    public void UseRealWorker() => Options = Options with
    {
        WorkerPath = Metadata("WorkerPath"),
        SamplesDirectory = Path.Combine(Metadata("RepositoryRoot"), "samples"),
        StopGrace = TimeSpan.FromSeconds(60),
        CheckInGrace = TimeSpan.FromSeconds(60),
        ShutdownGrace = TimeSpan.FromSeconds(60),
    };

    /// <summary>A machine that has other devices, as the fake worker will tell.</summary>
    public void UseDevices(params ComputeDevice[] devices)
    {
        string script = Path.Combine(Folder, "worker.sh"), list = Path.Combine(Folder, "devices.json");
        File.WriteAllText(list, JsonSerializer.Serialize(devices, LabJson.Options));
        File.WriteAllText(script, $"#!/bin/sh\nLRCNLAB_FAKE_DEVICES='{list}' exec dotnet '{Path.Combine(AppContext.BaseDirectory, "LrcnLab.FakeWorker.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Options = Options with { WorkerPath = script };
    }

    /// <summary>A new database on the server that <c>LRCNLAB_TEST_POSTGRES</c> names, for rows and for the queue; without one the test is skipped.</summary>
    public async Task UsePostgresAsync()
    {
        string? server = Environment.GetEnvironmentVariable("LRCNLAB_TEST_POSTGRES");
        if (string.IsNullOrEmpty(server))
            Assert.Skip("needs PostgreSQL: LRCNLAB_TEST_POSTGRES is not set");
        string name = $"lrcnlab_test_{Guid.CreateVersion7():N}";
        await using (NpgsqlDataSource source = NpgsqlDataSource.Create(server))
        await using (NpgsqlCommand create = source.CreateCommand($"CREATE DATABASE {name}"))
            await create.ExecuteNonQueryAsync(Cancel);
        string connection = new NpgsqlConnectionStringBuilder(server) { Database = name }.ToString();
        Options = Options with { Database = new DatabaseOptions { Provider = DatabaseProvider.Postgresql, ConnectionString = connection } };
    }

    private static string Metadata(string key) => typeof(TestLab).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    /// <summary>Of a small network, for small disks.</summary>
    public static RunSpec Spec(string dataset) => Presets.QuickStart.Spec with { Data = Presets.QuickStart.Spec.Data with { Dataset = dataset } };

    public Task AddDatasetAsync(string name) => WriteAsync(async db =>
    {
        if (await db.Datasets.AnyAsync(d => d.Name == name))
            return;
        var sample = new Sample { Path = "a/1.avi", Label = 0, Split = Split.Train, Frames = 8, FrameRate = 12, Width = 16, Height = 12, Sha256 = new string('a', 64) };
        var manifest = new DatasetManifest { Name = name, Layout = "folder-per-class", Root = Folder, Classes = ["a", "b"], Samples = [sample, sample with { Path = "b/1.avi", Label = 1 }] };
        var id = Guid.CreateVersion7();
        Directory.CreateDirectory(Paths.DatasetFolder(id));
        File.WriteAllText(Path.Combine(Paths.DatasetFolder(id), WorkerProtocol.ManifestFile), JsonSerializer.Serialize(manifest, LabJson.Options));
        db.DatasetVersions.Add(new DatasetVersion
        {
            Id = id,
            Dataset = new Dataset { Name = name, CreatedAt = DateTime.UtcNow },
            Number = 1,
            Hash = manifest.Hash(),
            Root = Folder,
            Layout = "folder-per-class",
            Classes = ["a", "b"],
            TrainCount = 8,
            ValidationCount = 4,
            TestCount = 0,
            ProblemCount = 0,
            Licence = "",
            CreatedAt = DateTime.UtcNow,
        });
    });

    public Task<Run> RunAsync(Guid id) => ReadAsync(db => db.Runs.AsNoTracking().SingleAsync(r => r.Id == id, Cancel));

    /// <summary>The states through which the run went, beginning with draft.</summary>
    public Task<List<RunState>> StatesAsync(Guid id) => ReadAsync(db => db.RunStateChanges.Where(c => c.RunId == id).OrderBy(c => c.Id).Select(c => c.To).ToListAsync(Cancel));

    public Task<List<string>> CausesAsync(Guid id) => ReadAsync(db => db.RunStateChanges.Where(c => c.RunId == id).OrderBy(c => c.Id).Select(c => c.Cause).ToListAsync(Cancel));

    public Task<Run> WaitForAsync(Guid id, params RunState[] states) => WaitUntilAsync(id, r => states.Contains(r.State), string.Join(" or ", states));

    public Task<Run> WaitForStepAsync(Guid id, long step) => WaitUntilAsync(id, r => r.State == RunState.Running && r.Step >= step, $"step {step}");

    public async Task<Run> WaitUntilAsync(Guid id, Func<Run, bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Run run = await RunAsync(id);
            if (condition(run))
                return run;
            if (Stopwatch.GetElapsedTime(start) > Patience)
                Assert.Fail($"The run never came to {what}; it is {run.State} at step {run.Step}: {run.Reason}");
            await Task.Delay(25, Cancel);
        }
    }

    /// <summary>Until the run holds no slot any more.</summary>
    public async Task WaitForFreeSlotAsync(Guid id)
    {
        long start = Stopwatch.GetTimestamp();
        while (await ReadAsync(db => db.Leases.AnyAsync(l => l.RunId == id, Cancel)))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "The slot was never given back.");
            await Task.Delay(25, Cancel);
        }
    }

    public async Task<int> WorkerPidAsync(Guid id) => (await ReadAsync(db => db.Leases.Where(l => l.RunId == id).Select(l => l.WorkerPid).SingleAsync(Cancel)))!.Value;

    /// <summary>Process ids of all workers that were ever started for the run.</summary>
    public int[] Starts(Guid id) => [.. File.ReadAllLines(Path.Combine(Paths.RunFolder(id), "starts.txt")).Select(int.Parse)];

    public async Task<MetricSeriesData> LossAsync(Guid id)
    {
        MetricSeriesData? data = await Services.GetRequiredService<MetricStore>().ReadAsync(id, "train/loss", 1_000_000, null, null, Cancel);
        return data ?? throw new InvalidOperationException("The run has no loss.");
    }

    public async Task<string> LogTextAsync(Guid id)
    {
        IReadOnlyList<LogLine> lines = await Services.GetRequiredService<RunLog>().ReadAsync(id, 1, 10_000, Cancel);
        Assert.Equal(Enumerable.Range(1, lines.Count).Select(n => (long)n), lines.Select(l => l.N));
        return string.Join('\n', lines.Select(l => l.Message));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Options.Database.Provider == DatabaseProvider.Postgresql)
        {
            var builder = new DbContextOptionsBuilder<LabDbContext>();
            builder.UseLab(Options);
            await using var db = new LabDbContext(builder.Options);
            NpgsqlConnection.ClearAllPools();
            await db.Database.EnsureDeletedAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
