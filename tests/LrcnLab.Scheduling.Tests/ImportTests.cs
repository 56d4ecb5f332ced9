using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Imports by a worker that only pretends: classes are the folders, the rest is made up.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DatasetService Datasets => _lab.Services.GetRequiredService<DatasetService>();

    private string Source => Path.Combine(_lab.Options.SamplesDirectory, "clips");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Source, "a"));
        Directory.CreateDirectory(Path.Combine(Source, "b"));
        await _lab.StartAsync();
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Import_OfAFolder_MakesAVersionWithItsSamples()
    {
        Import import = await ImportAsync("clips");

        Assert.Equal((ImportState.Completed, "Version 1: 2 samples of 2 classes.", 2L), (import.State, import.Message, import.Total));
        DatasetVersion version = await _lab.ReadAsync(db => db.DatasetVersions.Include(v => v.Dataset).SingleAsync(Cancel));
        Assert.Equal(("clips", 1, 2), (version.Dataset.Name, version.Number, version.TrainCount));
        Assert.Equal(version.Id, import.VersionId);
        Assert.Equal(["a/1.avi", "b/1.avi"], await _lab.ReadAsync(db => db.Samples.OrderBy(s => s.Index).Select(s => s.Path).ToListAsync(Cancel)));
        Assert.True(File.Exists(Path.Combine(_lab.Paths.DatasetFolder(version.Id), "manifest.json")));
    }

    [Fact]
    public async Task Import_OfAnUnchangedFolder_MakesNoVersionAndOfAChangedOneDoes()
    {
        await ImportAsync("clips");
        Import again = await ImportAsync("clips");
        Assert.Equal("Nothing changed since version 1.", again.Message);
        Assert.Equal(1, await FoldersAsync(expected: 1));

        Directory.CreateDirectory(Path.Combine(Source, "c"));
        Assert.Equal("Version 2: 2 samples of 3 classes.", (await ImportAsync("clips")).Message);
    }

    [Fact]
    public async Task Import_ThatTheWorkerRefuses_FailsInItsWordsAndLeavesNothing()
    {
        Import import = await ImportAsync("broken");

        Assert.Equal((ImportState.Failed, "The folder has no classes."), (import.State, import.Message));
        Assert.Empty(await _lab.ReadAsync(db => db.Datasets.ToListAsync(Cancel)));
        Assert.Equal(0, await FoldersAsync(expected: 0));
    }

    /// <summary>Folders of versions. An unneeded one goes just after its import has ended.</summary>
    private async Task<int> FoldersAsync(int expected)
    {
        for (int i = 0; i < 100 && Directory.GetDirectories(_lab.Paths.DatasetRoot).Length != expected; i++)
            await Task.Delay(50, Cancel);
        return Directory.GetDirectories(_lab.Paths.DatasetRoot).Length;
    }

    [Fact]
    public async Task Path_OutsideTheRoots_IsRefusedAlsoThroughALink()
    {
        string outside = Directory.CreateDirectory(Path.Combine(_lab.Folder, "private")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(_lab.Options.SamplesDirectory, "link"), outside);

        foreach (string path in (string[])[outside, Path.Combine(_lab.Options.SamplesDirectory, "link"), Path.Combine(Source, "..", "..", "private"), Path.Combine(_lab.Folder, "samples-not")])
        {
            var (id, refusal) = await Datasets.StartImportAsync(path, "private", trusted: false, Cancel);
            Assert.Null(id);
            Assert.Contains("may not be imported from here", refusal, StringComparison.Ordinal);
        }

        Assert.Null((await Datasets.StartImportAsync(outside, "private", trusted: true, Cancel)).Refusal);
    }

    [Fact]
    public async Task Path_ThatIsRelativeOrMissing_IsRefused()
    {
        Assert.Contains("no absolute path", (await Datasets.StartImportAsync("clips", "clips", trusted: true, Cancel)).Refusal, StringComparison.Ordinal);
        Assert.Contains("does not exist", (await Datasets.StartImportAsync(Path.Combine(Source, "z"), "clips", trusted: false, Cancel)).Refusal, StringComparison.Ordinal);
        Assert.Contains("1 to 200 characters", (await Datasets.StartImportAsync(Source, "a\nb", trusted: false, Cancel)).Refusal, StringComparison.Ordinal);
    }

    private async Task<Import> ImportAsync(string name)
    {
        var (id, refusal) = await Datasets.StartImportAsync(Source, name, trusted: false, Cancel);
        Assert.Null(refusal);
        while (true)
        {
            Import import = await _lab.ReadAsync(db => db.Imports.AsNoTracking().SingleAsync(i => i.Id == id, Cancel));
            if (import.State != ImportState.Running)
                return import;
            await Task.Delay(25, Cancel);
        }
    }
}
