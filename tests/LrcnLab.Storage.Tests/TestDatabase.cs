using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LrcnLab.Storage.Tests;

/// <summary>A migrated database of its own: a SQLite file, or one on the PostgreSQL server that <c>LRCNLAB_TEST_POSTGRES</c> (a connection string) names.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private ServiceProvider _services;

    private TestDatabase(string folder, LabOptions options)
    {
        Folder = folder;
        Options = options;
        _services = Build();
    }

    public string Folder { get; }

    public LabOptions Options { get; }

    public MetricStore Metrics => _services.GetRequiredService<MetricStore>();

    public ArtifactStore Artifacts => _services.GetRequiredService<ArtifactStore>();

    public LabWriter Writer => _services.GetRequiredService<LabWriter>();

    public DiskReserve Reserve => _services.GetRequiredService<DiskReserve>();

    public LabPaths Paths => _services.GetRequiredService<LabPaths>();

    public DatabaseInitializer Initializer => _services.GetRequiredService<DatabaseInitializer>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TestDatabase> CreateAsync(DatabaseProvider provider = DatabaseProvider.Sqlite)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-").FullName;
        var database = new DatabaseOptions();
        if (provider == DatabaseProvider.Postgresql)
        {
            string? server = Environment.GetEnvironmentVariable("LRCNLAB_TEST_POSTGRES");
            if (string.IsNullOrEmpty(server))
                Assert.Skip("needs PostgreSQL: LRCNLAB_TEST_POSTGRES is not set");
            database = new DatabaseOptions { Provider = provider, ConnectionString = await CreatePostgresAsync(server) };
        }

        var test = new TestDatabase(folder, new LabOptions { DataDirectory = folder, Database = database });
        Assert.Null(await test.Initializer.InitializeAsync(Cancel));
        return test;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<LabDbContext> OpenAsync() => _services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContextAsync(Cancel);

    /// <summary>Goes on with new services on the same data, as a new process does. The old ones are not asked to finish anything.</summary>
    public void Reopen() => _services = Build();

    public async Task<Guid> AddRunAsync()
    {
        var run = new Run { Name = "run", SpecJson = "{}", Classes = ["a"], CreatedAt = DateTime.UtcNow, DatasetVersion = Version() };
        await Writer.WriteAsync(
            db =>
            {
                db.Runs.Add(run);
                return Task.CompletedTask;
            },
            Cancel);
        return run.Id;
    }

    /// <summary>A checkpoint of a run, with its file in the store.</summary>
    /// <returns>The file's SHA-256.</returns>
    public async Task<string> AddCheckpointAsync(Guid run, string kind, byte[] content)
    {
        string file = Path.Combine(Folder, "checkpoint.tmp");
        await File.WriteAllBytesAsync(file, content, Cancel);
        using IncomingArtifact artifact = await Artifacts.TakeAsync(file, Cancel);
        await Writer.WriteAsync(
            async db =>
            {
                await Artifacts.AddAsync(db, artifact, Cancel);
                db.Checkpoints.Add(new Checkpoint { RunId = run, Kind = kind, Epoch = 1, Step = 1, Sha256 = artifact.Sha256, Bytes = artifact.Bytes, WeightsBytes = 1, WeightsSha256 = artifact.Sha256, Metrics = [], CreatedAt = DateTime.UtcNow });
            },
            Cancel);
        return artifact.Sha256;
    }

    public async ValueTask DisposeAsync()
    {
        if (Options.Database.Provider == DatabaseProvider.Postgresql)
        {
            await using LabDbContext db = await OpenAsync();
            await db.Database.EnsureDeletedAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private ServiceProvider Build() => new ServiceCollection().AddLogging().AddLabStorage(Options).BuildServiceProvider();

    private static DatasetVersion Version() => new()
    {
        Dataset = new Dataset { Name = Guid.CreateVersion7().ToString(), CreatedAt = DateTime.UtcNow },
        Number = 1,
        Hash = new string('0', 64),
        Root = "/",
        Layout = "csv",
        Classes = ["a"],
        TrainCount = 1,
        ValidationCount = 0,
        TestCount = 0,
        ProblemCount = 0,
        Licence = "",
        CreatedAt = DateTime.UtcNow,
    };

    private static async Task<string> CreatePostgresAsync(string server)
    {
        string name = $"lrcnlab_test_{Guid.CreateVersion7():N}";
        await using (NpgsqlDataSource source = NpgsqlDataSource.Create(server))
        await using (NpgsqlCommand create = source.CreateCommand($"CREATE DATABASE {name}"))
            await create.ExecuteNonQueryAsync(Cancel);
        return new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false }.ToString();
    }
}
