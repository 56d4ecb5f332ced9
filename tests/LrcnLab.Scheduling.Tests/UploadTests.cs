using System.Buffers.Binary;
using System.Text;
using LrcnLab.Core.Datasets;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Uploads on a real disk and database, through restarts and torn connections.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private static readonly UploadEntry[] Two = [new("a/1.avi", 6), new("b/1.avi", 4)];

    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private UploadService Uploads => _lab.Services.GetRequiredService<UploadService>();

    private UploadReceiver Receiver => _lab.Services.GetRequiredService<UploadReceiver>();

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_lab.Options.SamplesDirectory);
        await _lab.StartAsync();
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../a.avi")]
    [InlineData("a/../../b.avi")]
    [InlineData("a//b.avi")]
    [InlineData("./a.avi")]
    [InlineData("C:/a.avi")]
    [InlineData("a\\b.avi")]
    [InlineData("a/NUL.avi")]
    [InlineData("a/\u0007.avi")]
    [InlineData("a /b.avi")]
    [InlineData("")]
    public async Task Create_WithAPathThatLeadsOutOrCannotBeWritten_IsRefused(string path)
    {
        var (upload, _, refusal) = await Uploads.CreateAsync("x", [new("ok.avi", 1), new(path, 1)], Cancel);

        Assert.Null(upload);
        Assert.Equal("files[1].path", refusal!.Field);
    }

    [Theory]
    [InlineData("a/1.avi", "A/1.AVI", "twice")]
    [InlineData("a", "a/1.avi", "both a file and a folder")]
    public async Task Create_WithPathsThatCollide_IsRefused(string one, string other, string why)
    {
        var (_, _, refusal) = await Uploads.CreateAsync("x", [new(one, 1), new(other, 1)], Cancel);

        Assert.Contains(why, refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("videos/What is it? 12:30.mp4")]
    [InlineData("日本語/🎬.avi")]
    [InlineData("a/...b.avi")]
    public void Path_ThatIsOnlyUnusual_IsFine(string path) => Assert.Null(UploadPath.Problem(path, windows: false));

    [Fact]
    public async Task Create_LargerThanTheDisk_SaysHowMuchThereIs()
    {
        var (_, _, refusal) = await Uploads.CreateAsync("x", [new("a.avi", 1L << 45)], Cancel);

        Assert.Equal("files", refusal!.Field);
        Assert.Contains("has room for", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pieces_AreKeptThroughARestart_AndTheSameFilesGoOn()
    {
        Guid id = (await CreateAsync()).Id;
        Assert.Equal(4, (await PutAsync(id, 0, 0, "abcd")).Received);
        await _lab.StopAsync();
        await _lab.StartAsync();

        var (again, resumed, _) = await Uploads.CreateAsync("two", Two, Cancel);
        Assert.True(resumed);
        Assert.Equal((id, 4L), (again!.Id, again.ReceivedBytes));
        Assert.Equal([4, 0], again.Received);
        Assert.Equal(PieceOutcome.Stored, (await PutAsync(id, 0, 4, "ef")).Outcome);
        Assert.Equal(PieceOutcome.Stored, (await PutAsync(id, 1, 0, "1234")).Outcome);
        Assert.Equal((true, null), await Uploads.CompleteAsync(id, Cancel));
        Assert.Equal((true, null), await Uploads.CompleteAsync(id, Cancel));
        Assert.Equal("abcdef", await ReadAsync(id, "a/1.avi"));
        Assert.Equal("1234", await ReadAsync(id, "b/1.avi"));
    }

    [Fact]
    public async Task Piece_AtTheWrongPlace_IsAnsweredWithTheRightOne()
    {
        Guid id = (await CreateAsync()).Id;
        await PutAsync(id, 0, 0, "abc");

        Assert.Equal((PieceOutcome.Conflict, 3L), Short(await PutAsync(id, 0, 0, "abc")));
        Assert.Equal((PieceOutcome.Conflict, 3L), Short(await PutAsync(id, 0, 5, "f")));
        Assert.Equal((PieceOutcome.Invalid, 3L), Short(await PutAsync(id, 0, 3, "defg")));
        Assert.Equal(PieceOutcome.UnknownUpload, (await PutAsync(id, 2, 0, "x")).Outcome);
        Assert.Equal(PieceOutcome.UnknownUpload, (await PutAsync(Guid.CreateVersion7(), 0, 0, "x")).Outcome);
    }

    [Fact]
    public async Task Piece_ThatIsCutOff_LeavesNothingThatCounts()
    {
        Guid id = (await CreateAsync()).Id;
        await PutAsync(id, 0, 0, "ab");

        Assert.Equal((PieceOutcome.Invalid, 2L), Short(await Receiver.StorePieceAsync(id, 0, 2, 4, new MemoryStream("XY"u8.ToArray()), Cancel)));
        Assert.Equal([2, 0], (await Uploads.GetAsync(id, Cancel))!.Received);
        Assert.Equal(6, (await PutAsync(id, 0, 2, "cdef")).Received);
        Assert.Equal("abcdef", await ReadAsync(id, "a/1.avi"));
    }

    [Fact]
    public async Task Batch_ThatComesTwice_IsTheSameAsOnce()
    {
        Guid id = (await CreateAsync()).Id;
        await PutAsync(id, 0, 0, "ab");

        for (int i = 0; i < 2; i++)
            Assert.Equal(PieceOutcome.Stored, (await Receiver.StoreBatchAsync(id, Batch((0, "abcdef"), (1, "1234")), Cancel)).Outcome);
        Assert.Equal([6, 4], (await Uploads.GetAsync(id, Cancel))!.Received);
        Assert.Equal("abcdef", await ReadAsync(id, "a/1.avi"));
        Assert.Equal(PieceOutcome.Invalid, (await Receiver.StoreBatchAsync(id, Batch((1, "12345")), Cancel)).Outcome);
    }

    [Fact]
    public async Task Complete_BeforeAllIsThere_IsRefused()
    {
        Guid id = (await CreateAsync()).Id;
        await PutAsync(id, 1, 0, "1234");

        Assert.Contains("1 files", (await Uploads.CompleteAsync(id, Cancel)).Refusal, StringComparison.Ordinal);
        (Guid? import, var refusal) = await StartAsync(id, "early");
        Assert.Null(import);
        Assert.Equal("uploadId", refusal!.Path);
    }

    [Fact]
    public async Task Cancel_RemovesTheFiles_AndNoPieceBringsThemBack()
    {
        Guid id = (await CreateAsync()).Id;
        await PutAsync(id, 0, 0, "ab");

        Assert.Equal((true, null), await Uploads.CancelAsync(id, Cancel));
        Assert.Equal(PieceOutcome.UnknownUpload, (await PutAsync(id, 0, 2, "cd")).Outcome);
        Assert.False(Directory.Exists(_lab.Paths.UploadFolder(id)));
        Assert.False((await Uploads.CreateAsync("two", Two, Cancel)).Resumed);
    }

    [Fact]
    public async Task Import_OfAnUpload_UsesItsFilesAndKeepsThem()
    {
        Guid id = await ReceivedAsync();
        Import import = await EndAsync((await StartAsync(id, "sent")).Id!.Value);

        Assert.Equal((ImportState.Completed, "Version 1: 2 samples of 2 classes."), (import.State, import.Message));
        Assert.Equal(Path.Combine(_lab.Paths.UploadFolder(id), "files"), await _lab.ReadAsync(db => db.DatasetVersions.Select(v => v.Root).SingleAsync(Cancel)));
        Assert.Equal("A data set uses these files.", (await Uploads.CancelAsync(id, Cancel)).Refusal);

        await AgeAsync(TimeSpan.FromDays(30));
        await SweepAsync();
        Assert.True(Directory.Exists(_lab.Paths.UploadFolder(id)));
    }

    [Fact]
    public async Task Upkeep_RemovesWhatWasAbandonedOrIsNotUsedAnyMore_AndNothingElse()
    {
        Guid fresh = await ReceivedAsync();
        await SweepAsync();
        Assert.NotNull(await Uploads.GetAsync(fresh, Cancel));

        await AgeAsync(UploadUpkeep.Patience + TimeSpan.FromMinutes(1));
        await SweepAsync();
        Assert.Null(await Uploads.GetAsync(fresh, Cancel));
        Assert.False(Directory.Exists(_lab.Paths.UploadFolder(fresh)));

        Guid used = await ReceivedAsync();
        await EndAsync((await StartAsync(used, "sent")).Id!.Value);
        await _lab.WriteAsync(db => db.DatasetVersions.ExecuteDeleteAsync(Cancel));
        await AgeAsync(UploadUpkeep.AfterImport + TimeSpan.FromMinutes(1));
        await SweepAsync();
        Assert.Null(await Uploads.GetAsync(used, Cancel));
    }

    [Fact]
    public async Task CancelImport_KillsTheWorker_AndLeavesNothing()
    {
        Guid id = await ReceivedAsync();
        Guid import = (await StartAsync(id, "slow")).Id!.Value;
        while (await _lab.ReadAsync(db => db.Imports.Where(i => i.Id == import).Select(i => i.Stage).SingleAsync(Cancel)) != "reading")
            await Task.Delay(25, Cancel);

        Assert.Equal("An import reads these files now: cancel it first.", (await Uploads.CancelAsync(id, Cancel)).Refusal);
        Assert.Equal((true, null), await _lab.Services.GetRequiredService<DatasetService>().CancelImportAsync(import, Cancel));
        Import ended = await EndAsync(import);
        Assert.Equal((ImportState.Canceled, ImportJob.CanceledMessage), (ended.State, ended.Message));
        Assert.Empty(await _lab.ReadAsync(db => db.Datasets.ToListAsync(Cancel)));
        Assert.Contains("canceled already", (await _lab.Services.GetRequiredService<DatasetService>().CancelImportAsync(import, Cancel)).Refusal, StringComparison.Ordinal);
        Assert.Equal((true, null), await Uploads.CancelAsync(id, Cancel));
    }

    [Fact]
    public async Task Import_WithSharesThatLeaveNothing_IsRefusedNamingTheField()
    {
        Guid id = await ReceivedAsync();
        var (_, refusal) = await Datasets.StartImportAsync(ImportSource.OfUpload(id), "x", new ImportOptions { ValidationShare = 0.6, TestShare = 0.6 }, trusted: false, Cancel);

        Assert.Equal("testShare", refusal!.Path);
    }

    private DatasetService Datasets => _lab.Services.GetRequiredService<DatasetService>();

    private async Task<UploadProgress> CreateAsync() => (await Uploads.CreateAsync("two", Two, Cancel)).Upload!;

    private async Task<Guid> ReceivedAsync()
    {
        Guid id = (await CreateAsync()).Id;
        await Receiver.StoreBatchAsync(id, Batch((0, "abcdef"), (1, "1234")), Cancel);
        Assert.Equal((true, null), await Uploads.CompleteAsync(id, Cancel));
        return id;
    }

    private Task<PieceResult> PutAsync(Guid id, int number, long offset, string text) =>
        Receiver.StorePieceAsync(id, number, offset, text.Length, new MemoryStream(Encoding.ASCII.GetBytes(text)), Cancel);

    private async Task<(Guid? Id, Core.Specs.SpecProblem? Refusal)> StartAsync(Guid upload, string name) =>
        await Datasets.StartImportAsync(ImportSource.OfUpload(upload), name, new ImportOptions(), trusted: false, Cancel);

    private async Task<Import> EndAsync(Guid id)
    {
        while (true)
        {
            Import import = await _lab.ReadAsync(db => db.Imports.AsNoTracking().SingleAsync(i => i.Id == id, Cancel));
            if (import.State != ImportState.Running)
                return import;
            await Task.Delay(25, Cancel);
        }
    }

    private Task<string> ReadAsync(Guid id, string path) => File.ReadAllTextAsync(Path.Combine(_lab.Paths.UploadFolder(id), "files", path), Cancel);

    private Task SweepAsync() => _lab.Services.GetServices<IHostedService>().OfType<UploadUpkeep>().Single().SweepAsync(Cancel);

    /// <summary>As if everything had happened earlier.</summary>
    private Task AgeAsync(TimeSpan by) => _lab.WriteAsync(async db =>
    {
        foreach (Upload upload in await db.Uploads.ToListAsync(Cancel))
            upload.ReceivedAt -= by;
        foreach (Import import in await db.Imports.ToListAsync(Cancel))
            import.EndedAt -= by;
    });

    private static (PieceOutcome, long) Short(PieceResult result) => (result.Outcome, result.Received);

    private static MemoryStream Batch(params (int Number, string Text)[] files)
    {
        var stream = new MemoryStream();
        byte[] header = new byte[UploadReceiver.BatchHeaderBytes];
        foreach ((int number, string text) in files)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header, number);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), text.Length);
            stream.Write(header);
            stream.Write(Encoding.ASCII.GetBytes(text));
        }

        stream.Position = 0;
        return stream;
    }
}
