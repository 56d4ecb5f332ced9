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
            Slots = 0,
            ImportRoots = ["nowhere"],
            StopGrace = TimeSpan.Zero,
            Database = new DatabaseOptions { Provider = DatabaseProvider.Postgresql },
        };

        string[] keys = ["Lab:DataDirectory", "Lab:WorkerPath", "Lab:Slots", "Lab:ImportRoots", "Lab:StopGrace", "Lab:Database:ConnectionString"];
        Assert.Equal(keys, options.Problems().Select(p => p.Split(' ')[0]));
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
