using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Import;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Tests.Import;

public sealed class CsvImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CsvImportTests()
    {
        for (int v = 0; v < 4; v++)
            _folder.Write($"data/clips/v{v}.avi", TestVideos.Avi([.. Enumerable.Range(0, 20).Select(f => 10 * f + v)]));
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ImportResult Import(string table, string name = "words.csv")
    {
        _folder.Write($"data/{name}", table);
        return DatasetImporter.Import(_folder.At("data"), "test", _folder.At("out"), null, Ct);
    }

    private DatasetManifest Accepted(string table)
    {
        ImportResult result = Import(table);
        Assert.Null(result.Refusal);
        return result.Manifest!;
    }

    [Fact]
    public void Import_Cuts_AreExactToTheFrame()
    {
        DatasetManifest manifest = Accepted("END,label,Path,split,start\n0.7,a,clips/v0.avi,train,0.3\n1.2,b,clips/v0.avi,train,0.5\n,b,clips/v1.avi,val,1.5\n");
        Assert.Equal(("csv", 3), (manifest.Layout, manifest.Samples.Count));
        Assert.Equal([4, 7, 5], manifest.Samples.Select(s => s.Frames));
        Assert.Equal([(0.3, 0.7), (0.5, 1.2), (1.5, null)], manifest.Samples.Select(s => (s.Start, s.End)).Select(c => ((double)c.Start!, c.End)));

        var data = new DataSpec { Width = 8, Height = 8, Color = ColorMode.Gray };
        using PreparedFrames frames = PreparedFrames.Open(FramePreparer.Prepare(manifest, data, _folder.At("prepared"), null, Ct));
        Assert.Equal([4, 7, 5], Enumerable.Range(0, 3).Select(frames.FrameCount));
        int[][] brightness = [.. Enumerable.Range(0, 3).Select(s => Enumerable.Range(0, frames.FrameCount(s)).Select(f => (int)frames.Frame(s, f)[0]).ToArray())];
        Decoding.Decoded.AssertClose([30, 40, 50, 60], brightness[0]);
        Decoding.Decoded.AssertClose([50, 60, 70, 80, 90, 100, 110], brightness[1]);
        Decoding.Decoded.AssertClose([151, 161, 171, 181, 191], brightness[2]);
    }

    [Fact]
    public void Import_OtherSeparatorAndCaptions_AreRead()
    {
        DatasetManifest manifest = Accepted("path;label;caption\nclips/v0.avi;a;it, too, moves\nclips/v1.avi;b;\n");
        Assert.Equal(["it, too, moves"], manifest.Samples[0].Captions);
        Assert.Empty(manifest.Samples[1].Captions);
    }

    [Fact]
    public void Import_NoSplit_KeepsCutsOfAFileTogether()
    {
        string rows = string.Concat(Enumerable.Range(0, 4).SelectMany(v => Enumerable.Range(0, 4).Select(c => $"clips/v{v}.avi,{(c % 2 == 0 ? "a" : "b")},{c * 0.4},{c * 0.4 + 0.3}\n")));
        DatasetManifest manifest = Accepted("path,label,start,end\n" + rows);
        Assert.All(manifest.Samples.GroupBy(s => s.Path), file => Assert.Single(file.Select(s => s.Split).Distinct()));
        Assert.Equal(4, manifest.Samples.Count(s => s.Split == Split.Validation));
    }

    [Fact]
    public void Import_BadRows_AreListedWithTheirLine()
    {
        DatasetManifest manifest = Accepted("""
            path,label,split,start,end
            clips/v0.avi,a,train,,
            clips/v1.avi,b,train,,
            clips/v2.avi,,train,,
            ../../etc/passwd,a,train,,
            clips/v2.avi,a,holdout,,
            clips/v2.avi,a,train,one,
            clips/v2.avi,a,train,2,1
            clips/v2.avi,a,train,5,6
            clips/none.avi,a,train,,
            clips/v0.avi,b,train,,
            """);
        Assert.Equal(2, manifest.Samples.Count);
        string[] expected = ["Line 4 ", "Line 5 ", "Line 6 ", "Line 7 ", "Line 8 ", "Line 11 ", "does not exist", "holds no frame"];
        Assert.Equal(expected.Length, manifest.Problems.Count);
        Assert.All(expected, e => Assert.Contains(manifest.Problems, p => p.Reason.Contains(e, StringComparison.Ordinal)));
    }

    [Fact]
    public void Import_TwoTables_AsksForOne()
    {
        _folder.Write("data/other.csv", "path,label\n");
        Assert.Contains("other.csv, words.csv", Import("path,label\n").Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_TableWithoutTheColumns_IsRefused()
    {
        string table = _folder.Write("data/words.csv", "file,class\nclips/v0.avi,a\n");
        Assert.Contains("path and label", DatasetImporter.Import(table, "test", _folder.At("out"), null, Ct).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_EmptyTable_IsRefused() => Assert.Contains("holds no samples", Import("path,label\n").Refusal, StringComparison.Ordinal);

    [Fact]
    public void Import_UnclosedQuote_DoesNotFail() => Assert.NotNull(Import("path,label\n\"clips/v0.avi,a\nclips/v1.avi,b\n").Refusal);

    [Fact]
    public void Import_ManyVideosByFfmpeg_NamesTheBrokenOneAndKeepsTheOthers()
    {
        string[] names = ["a0", "a1", "a2", "b0", "b1", "b2"];
        for (int i = 0; i < names.Length; i++)
            TestVideos.Encode(_folder.At("data", "clips", names[i] + ".mp4"), 10 + i, 20, "-c:v", "mpeg4", "-movflags", "+faststart");
        byte[] whole = File.ReadAllBytes(_folder.At("data", "clips", "a1.mp4"));
        Array.Clear(whole, whole.Length / 2, whole.Length / 2);
        File.WriteAllBytes(_folder.At("data", "clips", "a1.mp4"), whole);
        DatasetManifest manifest = Accepted("path,label,start,end\n" + string.Concat(names.Select(n => $"clips/{n}.mp4,{n[0]},0.2,0.4\n")));
        Assert.DoesNotContain(manifest.Problems, p => p.Path != "clips/a1.mp4");

        var data = new DataSpec { Width = 8, Height = 8, Color = ColorMode.Gray };
        using PreparedFrames frames = PreparedFrames.Open(FramePreparer.Prepare(manifest, data, _folder.At("prepared"), null, Ct));
        for (int s = 0; s < manifest.Samples.Count; s++)
        {
            int i = Array.IndexOf(names, Path.GetFileNameWithoutExtension(manifest.Samples[s].Path));
            Assert.Equal(5, frames.FrameCount(s));
            if (names[i] != "a1")
                Decoding.Decoded.AssertClose([.. Enumerable.Range(5, 5).Select(n => 10 + i + 9 * n)], [.. Enumerable.Range(0, 5).Select(f => (int)frames.Frame(s, f)[0])], tolerance: 5);
        }
    }

    [Fact]
    public void Import_RealGrid_HasTwelveClassesWithoutProblems()
    {
        string grid = Repository.RealData("grid");
        Assert.SkipWhen(Media.Decoding.Ffmpeg.Installed is null, "ffmpeg is not installed");
        // Every 22nd of its 906 videos: enough to see cuts, splits and batches.
        string[] lines = File.ReadAllLines(Path.Combine(grid, "words.csv"));
        var files = lines.Skip(1).Select(l => l.Split(',')[0]).Distinct().Where((_, i) => i % 22 == 0).ToHashSet();
        foreach (string file in files)
            _folder.Write($"data/{file}", File.ReadAllBytes(Path.Combine(grid, file)));
        DatasetManifest manifest = Accepted(string.Join('\n', lines.Where((l, i) => i == 0 || files.Contains(l.Split(',')[0]))));
        Assert.Equal(12, manifest.Classes.Count);
        Assert.Equal(lines.Count(l => files.Contains(l.Split(',')[0])), manifest.Samples.Count);
        Assert.Empty(manifest.Problems);
        Assert.All(manifest.Samples, s => Assert.Equal((int)Math.Round(s.End!.Value * 25) - (int)Math.Round(s.Start!.Value * 25), s.Frames));
    }
}
