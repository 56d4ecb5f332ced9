using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Media.Import;
using SkiaSharp;

namespace LrcnLab.Media.Tests.Import;

public sealed class FolderImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ImportResult Import(string? path = null) =>
        DatasetImporter.Import(path ?? _folder.At("data"), "test", _folder.At("out"), null, TestContext.Current.CancellationToken);

    private DatasetManifest Accepted()
    {
        ImportResult result = Import();
        Assert.Null(result.Refusal);
        return result.Manifest!;
    }

    private string Refused(string? path = null)
    {
        ImportResult result = Import(path);
        Assert.Null(result.Manifest);
        Assert.False(File.Exists(_folder.At("out", "manifest.json")));
        return result.Refusal!;
    }

    private void Videos(string classFolder, int count)
    {
        for (int i = 0; i < count; i++)
            _folder.Write($"data/{classFolder}/v{i}.avi", TestVideos.Avi(10 * i, 10 * i + 5, 10 * i + 9));
    }

    private static IEnumerable<string> Described(DatasetManifest manifest) => manifest.Samples.Select(s => $"{s.Path} {manifest.Classes[s.Label]} {s.Split}");

    [Fact]
    public void Import_FoldersWithSplits_KeepsThem()
    {
        Videos("training/a", 1);
        Videos("training/b", 1);
        Videos("val/a", 1);
        Videos("testing/b", 1);
        DatasetManifest manifest = Accepted();
        Assert.Equal(["testing/b/v0.avi b Test", "training/a/v0.avi a Train", "training/b/v0.avi b Train", "val/a/v0.avi a Validation"], Described(manifest));
        Assert.Equal(("folder-per-class", 3, 10.0, 16, 12), (manifest.Layout, manifest.Samples[0].Frames, manifest.Samples[0].FrameRate, manifest.Samples[0].Width, manifest.Samples[0].Height));
        Assert.Empty(manifest.Problems);
    }

    [Fact]
    public void Import_NoSplits_TakesOneInFiveOfEachClassAndAlwaysTheSame()
    {
        Videos("a", 10);
        Videos("b", 5);
        DatasetManifest manifest = Accepted();
        Assert.Equal([2, 1], manifest.Samples.Where(s => s.Split == Split.Validation).GroupBy(s => s.Label).OrderBy(g => g.Key).Select(g => g.Count()));
        Assert.Equal(manifest.Hash(), Accepted().Hash());
    }

    [Fact]
    public void Import_TrainAndTestOnly_TakesValidationFromTraining()
    {
        Videos("train/a", 5);
        Videos("train/b", 5);
        Videos("test/a", 2);
        DatasetManifest manifest = Accepted();
        Assert.Equal([8, 2, 2], new[] { Split.Train, Split.Validation, Split.Test }.Select(split => manifest.Samples.Count(s => s.Split == split)));
    }

    [Fact]
    public void Import_WritesManifestAndPreviews()
    {
        Videos("a", 2);
        Videos("b", 2);
        _folder.Write("data/LICENSE.txt", "Do what you like.");
        DatasetManifest manifest = Accepted();
        Assert.Equal("Do what you like.", manifest.Licence);
        DatasetManifest read = JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllText(_folder.At("out", "manifest.json")), LabJson.Options)!;
        Assert.Equal(manifest.Hash(), read.Hash());
        Assert.Equal(["000000.jpg", "000001.jpg", "000002.jpg", "000003.jpg"], Directory.GetFiles(_folder.At("out", "previews")).Select(Path.GetFileName).Order());
        using SKBitmap sheet = SKBitmap.Decode(_folder.At("out", "previews", "000001.jpg"));
        Assert.Equal((3 * 16, 12), (sheet.Width, sheet.Height));
        Assert.InRange(sheet.GetPixel(8, 6).Red, 7, 13);
        Assert.InRange(sheet.GetPixel(40, 6).Red, 16, 22);
        Assert.Equal(["manifest.json", "previews"], Directory.GetFileSystemEntries(_folder.At("out")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Import_Captions_AreAddedByPath()
    {
        Videos("a", 1);
        Videos("b", 1);
        _folder.Write("data/captions.csv", "caption,path\n\"one, and\",a/v0.avi\ntwo,a/v0.avi\nthree,a/none.avi\nfour,../../secret\n");
        DatasetManifest manifest = Accepted();
        Assert.Equal(["one, and", "two"], manifest.Samples[0].Captions);
        Assert.Empty(manifest.Samples[1].Captions);
        Assert.Equal(2, manifest.Problems.Count);
    }

    [Fact]
    public void Import_FramesAndPictures_AreSamples()
    {
        for (int f = 0; f < 12; f++)
            _folder.Write($"data/a/clip/{f}.png", TestPictures.Grey(90));
        _folder.Write("data/b/photo.jpg", TestPictures.Grey(90, SKEncodedImageFormat.Jpeg));
        _folder.Write("data/b/deep/er/no-ending", TestVideos.Avi(1, 2));
        Assert.Equal(["a/clip", "b/deep/er/no-ending", "b/photo.jpg"], Accepted().Samples.Select(s => s.Path));
        Assert.Equal([12, 2, 1], Accepted().Samples.Select(s => s.Frames));
    }

    [Fact]
    public void Import_BadFiles_AreListedAndTheRestGoesOn()
    {
        Videos("a", 2);
        Videos("b", 2);
        byte[] whole = TestVideos.Avi(1, 2, 3);
        _folder.Write("data/a/cut.avi", whole[..(whole.Length / 2)]);
        _folder.Write("data/a/text.mp4", "hello");
        _folder.Write("data/b/empty.gif", "");
        _folder.Write("data/b/notes.txt", "not meant as video");
        _folder.Write("data/b/.hidden.avi", "hidden");
        Directory.CreateDirectory(_folder.At("data", "c"));
        DatasetManifest manifest = Accepted();
        Assert.Equal(["a", "b"], manifest.Classes);
        Assert.Equal(4, manifest.Samples.Count);
        Assert.Equal(["a/cut.avi", "a/text.mp4", "b/empty.gif", "c"], manifest.Problems.Select(p => p.Path));
        Assert.All(manifest.Problems, p => Assert.Contains(p.Path, p.Reason + " " + p.Path, StringComparison.Ordinal));
        Assert.DoesNotContain(_folder.Path, string.Concat(manifest.Problems.Select(p => p.Reason)), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_SymbolicLinks_DoNotLeadOut()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "symbolic links need rights on Windows");
        Videos("a", 1);
        Videos("b", 1);
        string outside = _folder.Write("outside/secret.avi", TestVideos.Avi(1, 2));
        File.CreateSymbolicLink(_folder.At("data", "a", "leak.avi"), outside);
        Directory.CreateSymbolicLink(_folder.At("data", "c"), _folder.At("outside"));
        Directory.CreateSymbolicLink(_folder.At("data", "a", "loop"), _folder.At("data"));
        File.CreateSymbolicLink(_folder.At("data", "a", "again.avi"), _folder.At("data", "b", "v0.avi"));
        Assert.Equal(["a/again.avi", "a/v0.avi", "b/v0.avi"], Accepted().Samples.Select(s => s.Path));
    }

    [Fact]
    public void Import_ClassWithoutTraining_IsAProblem()
    {
        Videos("train/a", 2);
        Videos("train/b", 2);
        Videos("test/c", 1);
        Assert.Contains(Accepted().Problems, p => p.Path == "c" && p.Reason.Contains("no training sample", StringComparison.Ordinal));
    }

    [Fact]
    public void Import_OneClass_IsRefused()
    {
        Videos("alone", 2);
        Assert.Contains("one class only (alone)", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_NothingUsable_IsRefusedWithTheFirstReason()
    {
        _folder.Write("data/a/x.mp4", "hello");
        _folder.Write("data/b/y.mp4", "hello");
        Assert.Contains("2 problems, the first is: a/x.mp4 is no video", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_NoFolders_IsRefused()
    {
        _folder.Write("data/x.txt", "hello");
        Assert.Contains("holds no folders", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_NoSuchPath_IsRefused() => Assert.Contains("does not exist", Refused(_folder.At("nowhere")), StringComparison.Ordinal);

    [Fact]
    public void Import_SingleVideo_IsRefused()
    {
        Videos("a", 1);
        Assert.Contains("single file", Refused(_folder.At("data", "a", "v0.avi")), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_Canceled_LeavesTheManifestBefore()
    {
        Videos("a", 3);
        Videos("b", 3);
        string before = Accepted().Hash();
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetImporter.Import(_folder.At("data"), "test", _folder.At("out"), (stage, _, _) =>
        {
            if (stage == "reading videos")
                stop.Cancel();
        }, stop.Token));
        Assert.Equal(before, JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllText(_folder.At("out", "manifest.json")), LabJson.Options)!.Hash());
        Assert.Equal(6, Directory.GetFiles(_folder.At("out", "previews")).Length);
    }
}
