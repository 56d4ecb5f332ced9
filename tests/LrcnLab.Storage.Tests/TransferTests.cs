using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using LrcnLab.Storage.Transfer;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Tests;

/// <summary>A project goes from one installation to another, whichever databases they have.</summary>
public sealed class TransferTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseProvider, DatabaseProvider> Ways => new()
    {
        { DatabaseProvider.Sqlite, DatabaseProvider.Sqlite },
        { DatabaseProvider.Sqlite, DatabaseProvider.Postgresql },
        { DatabaseProvider.Postgresql, DatabaseProvider.Sqlite },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Project_ArrivesWhole_AndOnce(DatabaseProvider there, DatabaseProvider here)
    {
        await using TestDatabase source = await TestDatabase.CreateAsync(there);
        await using TestDatabase target = await TestDatabase.CreateAsync(here);
        Guid project = await AddProjectAsync(source, "garments"), other = await AddProjectAsync(source, "other");
        Guid experiment = Guid.CreateVersion7();
        await source.Writer.WriteAsync(
            db =>
            {
                db.Experiments.Add(new Experiment { Id = experiment, ProjectId = project, Name = "widths", CreatedAt = DateTime.UtcNow });
                return Task.CompletedTask;
            },
            Cancel);
        Guid done = await AddRunAsync(source, project, "done", RunState.Completed, experiment), trains = await AddRunAsync(source, project, "trains", RunState.Running, null);
        await AddRunAsync(source, other, "not asked for", RunState.Completed, null);
        await source.Metrics.WriteAsync(done, [.. Enumerable.Range(0, 5000).Select(i => new MetricSample("train/loss", new MetricPoint(i, i / 10.0, DateTime.UnixEpoch.AddSeconds(i), i == 7 ? double.NaN : 1.0 / (i + 1))))], Cancel);
        string best = await AddCheckpointAsync(source, done, "best"), same = await AddCheckpointAsync(source, trains, "best");
        Write(Path.Combine(source.Paths.RunFolder(done), "events.jsonl"), "{}");
        await AddProjectAsync(target, "garments");
        string file = await ExportAsync(source, project);

        (ImportedProject? imported, string? refusal) = await target.Get<ProjectImporter>().ImportAsync(file, null, Cancel);

        Assert.Null(refusal);
        Assert.Equal(("garments (2)", 2, 0), (imported!.Project, imported.Runs, imported.Known));
        await using (LabDbContext db = await target.OpenAsync())
        {
            Run run = await db.Runs.Include(r => r.Experiment).Include(r => r.DatasetVersion).SingleAsync(r => r.Id == done, Cancel);
            Assert.Equal(("done", RunState.Completed, "widths", imported.Id), (run.Name, run.State, run.Experiment!.Name, run.ProjectId));
            Assert.Equal(Path.Combine(target.Paths.DatasetFolder(run.DatasetVersionId), "videos"), run.DatasetVersion.Root);
            Assert.Equal(3, await db.Samples.CountAsync(s => s.VersionId == run.DatasetVersionId, Cancel));
            Run interrupted = await db.Runs.SingleAsync(r => r.Id == trains, Cancel);
            Assert.Equal((RunState.Interrupted, "It was running where it was exported."), (interrupted.State, interrupted.Reason));
            Assert.Equal(4, await db.RunStateChanges.CountAsync(c => c.RunId == trains, Cancel));
            Assert.Equal(2, await db.Runs.CountAsync(Cancel));
            // What happened there long ago is no news here.
            Assert.DoesNotContain(await db.Notifications.ToListAsync(Cancel), n => n.RunId == done);
        }

        MetricSeriesData expected = (await source.Metrics.ReadAsync(done, "train/loss", int.MaxValue, null, null, Cancel))!, found = (await target.Metrics.ReadAsync(done, "train/loss", int.MaxValue, null, null, Cancel))!;
        Assert.Equal(expected.Steps, found.Steps);
        Assert.Equal(expected.Times, found.Times);
        Assert.Equal(expected.Values, found.Values);
        Assert.Equal(expected.Epochs, found.Epochs);
        Assert.Equal((await source.Metrics.ListAsync(done, Cancel))[0], (await target.Metrics.ListAsync(done, Cancel))[0]);
        Assert.Equal("best", await File.ReadAllTextAsync(target.Paths.ArtifactFile(best), Cancel));
        Assert.Equal(best, same);
        Assert.Equal("{}", await File.ReadAllTextAsync(Path.Combine(target.Paths.RunFolder(done), "events.jsonl"), Cancel));
        Assert.Contains(target.Paths.DatasetRoot, await File.ReadAllTextAsync(Directory.GetFiles(target.Paths.DatasetRoot, "manifest.json", SearchOption.AllDirectories).First(), Cancel), StringComparison.Ordinal);

        (imported, _) = await target.Get<ProjectImporter>().ImportAsync(file, null, Cancel);
        Assert.Equal(("garments (2)", 0, 2), (imported!.Project, imported.Runs, imported.Known));
        Assert.Empty(Directory.GetDirectories(target.Folder, "importing-*"));
        Assert.Empty(Directory.GetFiles(source.Folder, "export-*"));
    }

    [Fact]
    public async Task VersionThatIsHere_IsUsed()
    {
        await using TestDatabase source = await TestDatabase.CreateAsync();
        await using TestDatabase target = await TestDatabase.CreateAsync();
        Guid project = await AddProjectAsync(source, "garments");
        Guid run = await AddRunAsync(source, project, "run", RunState.Completed, null);
        Guid known = await AddVersionAsync(target, "its own name", run.ToString("N"));

        (ImportedProject? imported, _) = await target.Get<ProjectImporter>().ImportAsync(await ExportAsync(source, project), null, Cancel);

        Assert.Empty(imported!.WithoutVideos);
        await using LabDbContext db = await target.OpenAsync();
        Assert.Equal(known, (await db.Runs.SingleAsync(Cancel)).DatasetVersionId);
        Assert.Equal("its own name", (await db.Datasets.SingleAsync(Cancel)).Name);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    public async Task DataSetThatReachesOutOfItsFolder_IsRefused(string path)
    {
        await using TestDatabase source = await TestDatabase.CreateAsync();
        await using TestDatabase target = await TestDatabase.CreateAsync();
        Guid project = await AddProjectAsync(source, "garments");
        await AddRunAsync(source, project, "run", RunState.Completed, null, path);

        (_, string? refusal) = await target.Get<ProjectImporter>().ImportAsync(await ExportAsync(source, project), null, Cancel);

        Assert.Contains($"names the file \"{path}\", which lies outside", refusal, StringComparison.Ordinal);
        await using LabDbContext db = await target.OpenAsync();
        Assert.Equal((0, 1), (await db.Runs.CountAsync(Cancel), await db.Projects.CountAsync(Cancel)));
    }

    /// <summary>A file that was made to reach for others: its list is right, its database is not.</summary>
    [Theory]
    [InlineData("UPDATE Checkpoints SET Sha256 = '../../../../../../etc/passwd'", "names the artifact \"../../../../../../etc/passwd\", which is no SHA-256")]
    [InlineData("UPDATE Checkpoints SET Sha256 = 'a'", "names the artifact \"a\", which is no SHA-256")]
    [InlineData("UPDATE Samples SET Path = '../../secret.avi'", "names the file \"../../secret.avi\", which lies outside")]
    [InlineData("INSERT INTO Projects (Id, Name, Share, CreatedAt) VALUES ('0193B5F0-0000-7000-8000-000000000009', 'second', 1, '2026-01-01 00:00:00')", "has 2 projects instead of one")]
    [InlineData("DROP TABLE MetricBlocks; DELETE FROM __EFMigrationsHistory", "The database in the file cannot be used")]
    public async Task ForgedDatabase_IsRefused(string forgery, string expected)
    {
        await using TestDatabase source = await TestDatabase.CreateAsync();
        await using TestDatabase target = await TestDatabase.CreateAsync();
        Guid project = await AddProjectAsync(source, "garments");
        await AddCheckpointAsync(source, await AddRunAsync(source, project, "run", RunState.Completed, null), "best");
        string file = await ExportAsync(source, project), folder = Path.Combine(source.Folder, "forged"), forged = Path.Combine(source.Folder, "forged.zip");
        await ZipFile.ExtractToDirectoryAsync(file, folder, Cancel);
        string database = Path.Combine(folder, "lrcnlab.db");
        await using (var connection = new SqliteConnection($"Data Source={database};Pooling=False;Foreign Keys=False"))
        {
            await connection.OpenAsync(Cancel);
            await using SqliteCommand command = connection.CreateCommand();
            command.CommandText = forgery;
            await command.ExecuteNonQueryAsync(Cancel);
        }

        string index = Path.Combine(folder, "project.json");
        JsonNode list = JsonNode.Parse(await File.ReadAllTextAsync(index, Cancel))!;
        JsonNode entry = list["files"]!.AsArray().Single(f => f!["path"]!.GetValue<string>() == "lrcnlab.db")!;
        (entry["bytes"], entry["sha256"]) = (new FileInfo(database).Length, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(database, Cancel))));
        // What the list says is missing is not missed.
        list["missing"]!.AsArray().Add("artifacts/../../../../../../../etc/passwd");
        await File.WriteAllTextAsync(index, list.ToJsonString(), Cancel);
        await ZipFile.CreateFromDirectoryAsync(folder, forged, Cancel);

        (_, string? refusal) = await target.Get<ProjectImporter>().ImportAsync(forged, null, Cancel);

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
        await using LabDbContext db = await target.OpenAsync();
        Assert.Equal((0, 1), (await db.Runs.CountAsync(Cancel), await db.Projects.CountAsync(Cancel)));
    }

    [Fact]
    public async Task DamagedFile_AndWhatIsNone_ChangeNothing()
    {
        await using TestDatabase source = await TestDatabase.CreateAsync();
        await using TestDatabase target = await TestDatabase.CreateAsync();
        Guid project = await AddProjectAsync(source, "garments");
        await AddCheckpointAsync(source, await AddRunAsync(source, project, "run", RunState.Completed, null), "best");
        string file = await ExportAsync(source, project), text = Path.Combine(source.Folder, "text.zip");
        await File.WriteAllTextAsync(text, "hello", Cancel);
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancel);
        bytes[bytes.AsSpan().IndexOf("best"u8)] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancel);

        ProjectImporter importer = target.Get<ProjectImporter>();
        Assert.Contains("cannot be read as an exported project", (await importer.ImportAsync(text, null, Cancel)).Refusal, StringComparison.Ordinal);
        Assert.StartsWith("The file is damaged, and nothing was imported", (await importer.ImportAsync(file, null, Cancel)).Refusal, StringComparison.Ordinal);
        using (ZipArchive other = ZipFile.Open(Path.Combine(source.Folder, "other.zip"), ZipArchiveMode.Create))
            other.CreateEntry("a");
        Assert.Contains("it has no project.json", (await importer.ImportAsync(Path.Combine(source.Folder, "other.zip"), null, Cancel)).Refusal, StringComparison.Ordinal);
        await using LabDbContext db = await target.OpenAsync();
        Assert.Equal((0, 1), (await db.Runs.CountAsync(Cancel), await db.Projects.CountAsync(Cancel)));
    }

    private static async Task<string> ExportAsync(TestDatabase database, Guid project)
    {
        string file = Path.Combine(database.Folder, "project.zip");
        await using FileStream to = File.Create(file);
        await database.Get<ProjectExporter>().WriteAsync(project, to, Cancel);
        return file;
    }

    private static Task<Guid> AddProjectAsync(TestDatabase database, string name) => database.Writer.WriteAsync(
        db => Task.FromResult(db.Projects.Add(new Project { Name = name, CreatedAt = DateTime.UtcNow }).Entity.Id), Cancel);

    private static async Task<Guid> AddVersionAsync(TestDatabase database, string dataset, string hash, string path = "a/clip.avi")
    {
        var version = new DatasetVersion
        {
            Dataset = new Dataset { Name = dataset, CreatedAt = DateTime.UtcNow },
            Number = 1,
            Hash = hash,
            Root = "/somewhere/else",
            Layout = "csv",
            Classes = ["a"],
            TrainCount = 1,
            ValidationCount = 1,
            TestCount = 1,
            ProblemCount = 0,
            Licence = "",
            CreatedAt = DateTime.UtcNow,
        };
        Sample[] samples = [.. Enum.GetValues<Split>().Select(split => new Sample { Path = path, Label = 0, Split = split, Frames = 1, FrameRate = 1, Width = 1, Height = 1, Sha256 = new string('0', 64) })];
        await database.Writer.WriteAsync(
            db =>
            {
                db.DatasetVersions.Add(version);
                db.Samples.AddRange(samples.Select((s, i) => new SampleRow { VersionId = version.Id, Index = i, Path = s.Path, Label = 0, Split = s.Split, Frames = 1, FrameRate = 1, Width = 1, Height = 1, Sha256 = s.Sha256, Captions = [] }));
                return Task.CompletedTask;
            },
            Cancel);
        Write(Path.Combine(database.Paths.DatasetFolder(version.Id), "manifest.json"), JsonSerializer.Serialize(new DatasetManifest { Name = dataset, Layout = "csv", Root = "/somewhere/else", Classes = ["a"], Samples = samples }, LabJson.Options));
        return version.Id;
    }

    private static async Task<Guid> AddRunAsync(TestDatabase database, Guid project, string name, RunState state, Guid? experiment, string path = "a/clip.avi")
    {
        var id = Guid.CreateVersion7();
        Guid version = await AddVersionAsync(database, $"data of {name}", id.ToString("N"), path);
        var run = new Run { Id = id, Name = name, SpecJson = "{}", Classes = ["a"], CreatedAt = DateTime.UtcNow, DatasetVersionId = version, ProjectId = project, ExperimentId = experiment };
        await database.Writer.WriteAsync(
            db =>
            {
                db.Runs.Add(run);
                foreach (RunState next in (RunState[])[RunState.Queued, RunState.Starting, RunState.Running, .. state == RunState.Running ? (RunState[])[] : [state]])
                    db.RunStateChanges.Add(run.Move(next, "For the test.", DateTime.UtcNow).Change!);
                return Task.CompletedTask;
            },
            Cancel);
        return id;
    }

    private static Task<string> AddCheckpointAsync(TestDatabase database, Guid run, string content) => database.AddCheckpointAsync(run, "best", Encoding.UTF8.GetBytes(content));

    private static void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
