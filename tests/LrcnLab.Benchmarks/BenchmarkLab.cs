using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Features.Queue;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Features.Runs.Table;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Benchmarks;

/// <summary>The server's services on a data folder with a real SQLite file, without the web.</summary>
internal sealed class BenchmarkLab : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly bool _keep;

    private BenchmarkLab(ServiceProvider services, string folder, bool keep) => (_services, Folder, _keep) = (services, folder, keep);

    public string Folder { get; }

    /// <summary>Of the database and its log of writes.</summary>
    public long DatabaseBytes => Directory.EnumerateFiles(Folder, "lrcnlab.db*").Sum(f => new FileInfo(f).Length);

    /// <param name="folder">Data folder to work on and to leave behind; null for a new one that goes away.</param>
    public static async Task<BenchmarkLab> CreateAsync(string? folder = null)
    {
        bool keep = folder is not null;
        folder ??= Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        var options = new LabOptions { DataDirectory = folder, SamplesDirectory = Path.Combine(folder, "none"), Slots = 2 };
        new LabPaths(folder).CreateFolders();
        ServiceProvider services = new ServiceCollection().AddLogging().AddLabStorage(options).AddLabScheduling(options)
            .AddSingleton<RunQueries>().AddSingleton<RunIndex>().AddSingleton<RunTableQueries>().AddSingleton<QueueQueries>().BuildServiceProvider();
        if (await services.GetRequiredService<DatabaseInitializer>().InitializeAsync(CancellationToken.None) is { } failure)
            throw new InvalidOperationException(failure);
        return new BenchmarkLab(services, folder, keep);
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<LabDbContext> OpenAsync() => Get<IDbContextFactory<LabDbContext>>().CreateDbContextAsync();

    /// <summary>Adds runs of the quick-start preset on one data set: five learning rates, four sizes and, of each, seeds.</summary>
    public Task<List<Guid>> AddRunsAsync(int count, RunState state) => Get<LabWriter>().WriteAsync(
        async db =>
        {
            DatasetVersion version = await db.DatasetVersions.FirstOrDefaultAsync() ?? NewVersion();
            var ids = new List<Guid>();
            for (int i = 0; i < count; i++)
            {
                var run = new Run { Name = $"run-{i}", SpecJson = SpecText.ToJson(Varied(i)), Classes = ["a", "b"], CreatedAt = DateTime.UtcNow.AddSeconds(i - count), DatasetVersion = version, Priority = i % 7 - 3 };
                foreach (RunState next in Way(state))
                    run.Move(next, "For the benchmark.", DateTime.UtcNow.AddSeconds(i));
                db.Runs.Add(run);
                ids.Add(run.Id);
            }

            await db.SaveChangesAsync();
            return ids;
        },
        CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (!_keep)
            Directory.Delete(Folder, recursive: true);
    }

    private static RunSpec Varied(int i)
    {
        RunSpec spec = Presets.QuickStart.Spec;
        return spec with
        {
            Optimizer = spec.Optimizer with { LearningRate = 1e-4 * Math.Pow(3, i % 5) },
            Model = spec.Model with { Sequence = spec.Model.Sequence with { Hidden = 32 << (i / 5 % 4) } },
            Training = spec.Training with { Seed = 1 + i / 20 },
        };
    }

    private static RunState[] Way(RunState state) => state switch
    {
        RunState.Draft => [],
        RunState.Queued => [RunState.Queued],
        RunState.Running => [RunState.Queued, RunState.Starting, RunState.Running],
        _ => [RunState.Queued, RunState.Starting, RunState.Running, state],
    };

    private static DatasetVersion NewVersion() => new()
    {
        Dataset = new Dataset { Name = "benchmark", CreatedAt = DateTime.UtcNow },
        Number = 1,
        Hash = new string('0', 64),
        Root = "/",
        Layout = "csv",
        Classes = ["a", "b"],
        TrainCount = 1000,
        ValidationCount = 100,
        TestCount = 0,
        ProblemCount = 0,
        Licence = "",
        CreatedAt = DateTime.UtcNow,
    };
}
