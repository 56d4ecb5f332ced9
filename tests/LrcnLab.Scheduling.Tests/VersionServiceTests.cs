using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Versions made by edits, in a real database and a real data folder.</summary>
public sealed class VersionServiceTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private VersionService Versions => _lab.Services.GetRequiredService<VersionService>();

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Edit_MakesAVersionAndLeavesTheOldOneAsItWas()
    {
        Guid first = await ImportAsync();
        byte[] manifest = await File.ReadAllBytesAsync(ManifestFile(first), Cancel);
        string hash = (await VersionAsync(first)).Hash;

        EditResult result = await Versions.EditAsync(first, [new RenameClass("left", "west"), new DropSamples([1])], Cancel);

        Assert.Null(result.Refusal);
        DatasetVersion version = await VersionAsync(result.VersionId!.Value);
        Assert.Equal((2, first, 5, 2), (version.Number, version.ParentId, version.TrainCount, version.ValidationCount));
        Assert.Equal(["The class \"left\" is called \"west\".", "1 sample dropped: left/1.avi."], version.Changes);
        Assert.Equal(["west", "right"], version.Classes);
        DatasetManifest edited = JsonSerializer.Deserialize<DatasetManifest>(await File.ReadAllTextAsync(ManifestFile(version.Id), Cancel), LabJson.Options)!;
        Assert.Equal((version.Hash, hash), (edited.Hash(), edited.Parent));
        Assert.Equal(manifest, await File.ReadAllBytesAsync(ManifestFile(first), Cancel));
        Assert.Equal(hash, (await VersionAsync(first)).Hash);
        Assert.Equal(8, await _lab.ReadAsync(db => db.Samples.CountAsync(s => s.VersionId == first, Cancel)));
    }

    [Fact]
    public async Task Previews_AreSharedThroughAChainOfEdits()
    {
        Guid first = await ImportAsync();
        Guid second = (await Versions.EditAsync(first, [new DropSamples([0])], Cancel)).VersionId!.Value;

        Guid third = (await Versions.EditAsync(second, [new DropSamples([0])], Cancel)).VersionId!.Value;

        SampleRow row = await _lab.ReadAsync(db => db.Samples.SingleAsync(s => s.VersionId == third && s.Index == 0, Cancel));
        Assert.Equal(("left/2.avi", first, 2), (row.Path, row.PreviewVersionId, row.PreviewIndex));
    }

    [Fact]
    public async Task Edit_ThatIsRefused_LeavesNothing()
    {
        Guid first = await ImportAsync();

        EditResult refused = await Versions.EditAsync(first, [new RenameClass("left", "right")], Cancel), nothing = await Versions.EditAsync(first, [new MoveSamples([0], Split.Train)], Cancel);

        Assert.Contains("there is a class of that name", refused.Refusal, StringComparison.Ordinal);
        Assert.Contains("changes nothing", nothing.Refusal, StringComparison.Ordinal);
        Assert.Contains("There is no data-set version", (await Versions.EditAsync(Guid.CreateVersion7(), [new DropSamples([0])], Cancel)).Refusal, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(_lab.Paths.DatasetRoot));
        Assert.Equal(1, await _lab.ReadAsync(db => db.DatasetVersions.CountAsync(Cancel)));
    }

    [Fact]
    public async Task Edit_OfAnOlderVersion_BranchesAndSaysSo()
    {
        Guid first = await ImportAsync();
        await Versions.EditAsync(first, [new DropSamples([0])], Cancel);

        EditResult branch = await Versions.EditAsync(first, [new DropSamples([1])], Cancel), same = await Versions.EditAsync(first, [new DropSamples([1])], Cancel);

        Assert.Equal(3, branch.Number);
        Assert.Equal(first, (await VersionAsync(branch.VersionId!.Value)).ParentId);
        Assert.Contains("made from version 1; what changed up to version 2 is not in it", branch.Message, StringComparison.Ordinal);
        Assert.Contains("the same as version 3, which is the newest", same.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edits_AtTheSameTime_GetANumberEach()
    {
        Guid first = await ImportAsync();

        EditResult[] results = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Versions.EditAsync(first, [new DropSamples([i])], Cancel)));

        Assert.All(results, r => Assert.Null(r.Refusal));
        Assert.Equal(Enumerable.Range(2, 5), results.Select(r => r.Number).Order());
    }

    [Fact]
    public async Task Start_RemovesFoldersThatNoVersionKnowsAndKeepsTheOthers()
    {
        Guid first = await ImportAsync(), leftover = Guid.CreateVersion7();
        Directory.CreateDirectory(_lab.Paths.DatasetFolder(leftover));
        await File.WriteAllTextAsync(ManifestFile(leftover) + ".tmp", "{", Cancel);

        await _lab.StopAsync();
        await _lab.StartAsync();

        Assert.Equal([_lab.Paths.DatasetFolder(first)], Directory.GetDirectories(_lab.Paths.DatasetRoot));
    }

    [Fact]
    public async Task Import_OfTheSameFiles_IsNoNewVersionAlthoughTheNewestWasEdited()
    {
        Guid first = await ImportAsync();
        await Versions.EditAsync(first, [new DropSamples([0])], Cancel);

        var (same, message) = await RecordAsync(Manifest());
        var (changed, news) = await RecordAsync(Manifest() with { Samples = [.. Manifest().Samples.Skip(1)], Classes = ["left", "right", "up"] });

        Assert.Equal((first, "Nothing changed since version 1. Version 2 was edited from it and stays the newest."), (same, message));
        Assert.Equal(3, (await VersionAsync(changed)).Number);
        Assert.Contains("The edits of version 2 are not in it.", news, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnALeakingSplit_NeedsConsent()
    {
        DatasetManifest manifest = Manifest();
        await RecordAsync(manifest with { Samples = [.. manifest.Samples.Select((s, i) => i is 0 or 6 ? s with { Group = "film" } : s)] });
        RunSpec spec = TestLab.Spec(manifest.Name);

        CreateRunResult refused = await _lab.Runs.CreateAsync(new RunRequest("run", spec), Cancel), accepted = await _lab.Runs.CreateAsync(new RunRequest("run", spec with { Data = spec.Data with { AllowLeaks = true } }), Cancel);

        SpecProblem problem = Assert.Single(refused.Problems);
        Assert.Equal("data.allowLeaks", problem.Path);
        Assert.Contains("The splits of version 1 of \"gestures\" leak: 1 recording is in more than one split.", problem.Message, StringComparison.Ordinal);
        Assert.NotNull(accepted.Id);
        Assert.True(SpecText.Parse((await _lab.RunAsync(accepted.Id.Value)).SpecJson).Spec!.Data.AllowLeaks);
        Assert.Equal([0, 6], await _lab.ReadAsync(db => db.Samples.Where(s => s.Flags == SampleFlags.GroupAcrossSplits).Select(s => s.Index).Order().ToListAsync(Cancel)));
    }

    [Fact]
    public async Task Run_AfterTheLeakIsEditedAway_NeedsNoConsent()
    {
        DatasetManifest manifest = Manifest();
        var (version, message) = await RecordAsync(manifest with { Samples = [.. manifest.Samples.Select((s, i) => i is 0 or 6 ? s with { Group = "film" } : s)] });
        Assert.Contains("Its splits leak: 1 recording is in more than one split.", message, StringComparison.Ordinal);

        await Versions.EditAsync(version, [new DropSamples([0])], Cancel);

        Assert.Empty((await _lab.Runs.CreateAsync(new RunRequest("run", TestLab.Spec(manifest.Name)), Cancel)).Problems);
    }

    private static DatasetManifest Manifest() => new()
    {
        Name = "gestures",
        Layout = LayoutNames.Csv,
        Root = "/data/gestures",
        Classes = ["left", "right"],
        Samples = [.. Enumerable.Range(0, 8).Select(i => new Sample
        {
            Path = $"{(i % 6 < 3 ? "left" : "right")}/{i}.avi",
            Label = i % 6 < 3 ? 0 : 1,
            Split = i < 6 ? Split.Train : Split.Validation,
            Frames = 20,
            FrameRate = 25,
            Width = 32,
            Height = 32,
            Sha256 = new string((char)('0' + i), 64),
        })],
    };

    private async Task<Guid> ImportAsync() => (await RecordAsync(Manifest())).VersionId;

    /// <summary>What an import job does with the worker's manifest.</summary>
    private async Task<(Guid VersionId, string Message)> RecordAsync(DatasetManifest manifest)
    {
        var id = Guid.CreateVersion7();
        await _lab.Services.GetRequiredService<VersionFolders>().WriteAsync(id, manifest, Cancel);
        return await _lab.Services.GetRequiredService<DatasetRecorder>().RecordAsync(id, manifest, Cancel);
    }

    private Task<DatasetVersion> VersionAsync(Guid id) => _lab.ReadAsync(db => db.DatasetVersions.AsNoTracking().SingleAsync(v => v.Id == id, Cancel));

    private string ManifestFile(Guid version) => Path.Combine(_lab.Paths.DatasetFolder(version), WorkerProtocol.ManifestFile);
}
