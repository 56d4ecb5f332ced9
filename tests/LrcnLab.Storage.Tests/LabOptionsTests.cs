namespace LrcnLab.Storage.Tests;

public sealed class LabOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lrcnlab-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Problems_OfWrongSettings_NameEachKey()
    {
        var options = new LabOptions
        {
            DataDirectory = "",
            WorkerPath = "missing.dll",
            Slots = -1,
            ImportRoots = ["nowhere"],
            StopGrace = TimeSpan.Zero,
            Database = new DatabaseOptions { Provider = DatabaseProvider.Postgresql },
        };

        string[] keys = ["Lab:DataDirectory", "Lab:WorkerPath", "Lab:Slots", "Lab:ImportRoots", "Lab:StopGrace", "Lab:Database:ConnectionString"];
        Assert.Equal(keys, options.Problems().Select(p => p.Split(' ')[0]));
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite, "Host=localhost;Database=lrcnlab", "sqlite", "host")]
    [InlineData(DatabaseProvider.Postgresql, "Data Source=lrcnlab.db", "postgresql", "data source")]
    [InlineData(DatabaseProvider.Postgresql, "nonsense", "postgresql", "Format")]
    public void Problems_OfAConnectionStringOfAnotherDatabase_SayWhose(DatabaseProvider provider, string text, string named, string word)
    {
        var options = new LabOptions { WorkerPath = typeof(LabOptionsTests).Assembly.Location, Database = new DatabaseOptions { Provider = provider, ConnectionString = text } };

        string problem = Assert.Single(options.Problems());
        Assert.StartsWith($"Lab:Database:ConnectionString is not one for {named}, ", problem, StringComparison.Ordinal);
        Assert.Contains(word, problem, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Resolve_OfRelativePaths_StartsAtTheBase()
    {
        LabOptions resolved = new LabOptions { ImportRoots = ["videos"] }.Resolve(_folder);

        Assert.Equal((Path.Combine(_folder, "data"), Path.Combine(_folder, "samples")), (resolved.DataDirectory, resolved.SamplesDirectory));
        Assert.Equal([Path.Combine(_folder, "videos")], resolved.ImportRoots);
    }

    [Fact]
    public void Lock_HeldByAnother_NamesTheProcess()
    {
        var paths = new LabPaths(_folder);
        (DataFolderLock? first, _) = DataFolderLock.TryAcquire(paths);
        (DataFolderLock? second, string? refusal) = DataFolderLock.TryAcquire(paths);

        Assert.Null(second);
        Assert.Contains($"process {Environment.ProcessId}", refusal, StringComparison.Ordinal);
        first!.Dispose();
        (DataFolderLock? third, _) = DataFolderLock.TryAcquire(paths);
        Assert.NotNull(third);
        third.Dispose();
    }
}
