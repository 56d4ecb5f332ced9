using System.Diagnostics;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Tests.Prepared;

public sealed class PreparedFolderTests : IDisposable
{
    private const int Shards = 6, FramesPerShard = 3;
    private static readonly PreparedKey Key = new(new string('a', 64), 4, 2, ColorMode.Gray, 0, FrameFit.Stretch);
    private static readonly PreparedLayout Layout = new(
        "test", [.. Enumerable.Range(0, Shards).Select(i => new PlannedShard($"content {i}", FramesPerShard))], [.. Enumerable.Range(0, Shards).Select(i => new[] { i, 0, FramesPerShard })]);

    private readonly TemporaryFolder _folder = new();
    private readonly List<int> _written = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Root => _folder.At("prepared");

    public void Dispose() => _folder.Dispose();

    private void Fill(int shard, ShardOutput output, CancellationToken ct)
    {
        lock (_written)
            _written.Add(shard);
        for (int f = 0; f < FramesPerShard; f++)
            output.Write(Frame(shard, f));
        output.Report(FramesPerShard);
    }

    private static byte[] Frame(int shard, int frame) => [.. Enumerable.Repeat((byte)(10 * shard + frame), 8)];

    private string Ensure(ShardContent? write = null, bool thorough = false, PreparedLayout? layout = null)
    {
        _written.Clear();
        return PreparedFolder.Ensure(Root, Key, layout ?? Layout, write ?? Fill, thorough, null, Ct);
    }

    private void Expect(IEnumerable<int> written)
    {
        Assert.Equal(written, _written.Order());
        using PreparedFrames frames = PreparedFrames.Open(Path.Combine(Root, Key.FolderName));
        for (int s = 0; s < Shards; s++)
        {
            for (int f = 0; f < FramesPerShard; f++)
                Assert.Equal(Frame(s, f), frames.Frame(s, f).ToArray());
        }
    }

    [Fact]
    public void Ensure_AfterAFault_GoesOnWithWhatIsMissing()
    {
        Assert.Throws<MediaException>(() => Ensure((shard, output, ct) =>
        {
            Fill(shard, output, ct);
            if (shard == 4)
                throw new MediaException("broken");
        }));
        string folder = Path.Combine(Root, Key.FolderName);
        int[] whole = [.. Enumerable.Range(0, Shards).Where(i => File.Exists(Path.Combine(folder, $"frames-{i:D4}.json")))];
        Assert.DoesNotContain(4, whole);
        Assert.NotEmpty(whole);
        Assert.Empty(Directory.GetFiles(folder, "*.tmp"));
        Assert.Contains(folder, Assert.Throws<InvalidDataException>(() => PreparedFrames.Open(folder)).Message, StringComparison.Ordinal);
        Ensure();
        Expect(Enumerable.Range(0, Shards).Except(whole));
    }

    [Fact]
    public void Ensure_HalfAShardOfAKilledProcess_IsWrittenAnew()
    {
        string folder = Ensure();
        File.Delete(Path.Combine(folder, "index.json"));
        File.Delete(Path.Combine(folder, "frames-0002.json"));
        File.Move(Path.Combine(folder, "frames-0002.bin"), Path.Combine(folder, "frames-0002.bin.tmp"));
        File.WriteAllText(Path.Combine(folder, "frames-0003.json"), "{\"file\":\"fra");
        Ensure();
        Expect([2, 3]);
        Assert.Empty(Directory.GetFiles(folder, "*.tmp"));
    }

    [Fact]
    public void Ensure_Whole_WritesNothing()
    {
        Ensure();
        Ensure(thorough: true);
        Expect([]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ensure_DamagedShard_WritesOnlyThatOne(bool thorough)
    {
        string shard = Path.Combine(Ensure(), "frames-0001.bin");
        DateTime modified = File.GetLastWriteTimeUtc(shard);
        byte[] bytes = File.ReadAllBytes(shard);
        bytes[5] ^= 1;
        File.WriteAllBytes(shard, bytes);
        if (thorough)
            File.SetLastWriteTimeUtc(shard, modified); // As a failing disk damages it: nothing tells but the content.
        Ensure(thorough: thorough);
        Expect([1]);
    }

    [Theory]
    [InlineData("index.json")]
    [InlineData("frames-0005.json")]
    public void Ensure_DamagedRecord_IsNoticed(string name)
    {
        string path = Path.Combine(Ensure(), name);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^8]);
        Ensure();
        Expect(name == "index.json" ? [] : [5]);
    }

    [Fact]
    public void Ensure_OtherContent_WritesOnlyWhatDiffers()
    {
        Ensure();
        Ensure(layout: Layout with { Shards = [.. Layout.Shards.Select((s, i) => i == 3 ? s with { Content = "other" } : s)] });
        Expect([3]);
    }

    [Fact]
    public void Ensure_OpenFrames_StayReadableWhileAShardIsReplaced()
    {
        string folder = Ensure();
        using PreparedFrames frames = PreparedFrames.Open(folder);
        File.Delete(Path.Combine(folder, "frames-0000.json"));
        Ensure();
        Assert.Equal(Frame(0, 1), frames.Frame(0, 1).ToArray());
        Expect([0]);
    }

    [Fact]
    public void CheckStillWhole_ShortenedBehindOurBack_ThrowsInsteadOfEndingTheProcess()
    {
        string folder = Ensure();
        using PreparedFrames frames = PreparedFrames.Open(folder);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not shorten mapped files");
        using (Process truncate = Process.Start("truncate", ["--size=5", Path.Combine(folder, "frames-0002.bin")]))
            truncate.WaitForExit();
        frames.CheckStillWhole(1);
        Assert.Contains("frames-0002.bin", Assert.Throws<InvalidDataException>(() => frames.CheckStillWhole(2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RemoveUnused_RemovesOnlyWhatIsOldAndFree()
    {
        string folder = Ensure();
        _folder.Write("prepared/dataset/manifest.json", "not ours");
        Assert.Empty(PreparedStore.RemoveUnused(Root, TimeSpan.FromDays(1)));
        File.SetLastWriteTimeUtc(folder + ".used", DateTime.UtcNow.AddDays(-3));
        using (PreparedFrames.Open(folder))
        {
            Assert.True(Assert.Single(PreparedStore.List(Root)).IsInUse);
            Assert.Empty(PreparedStore.RemoveUnused(Root, TimeSpan.Zero));
        }

        Assert.Empty(PreparedStore.RemoveUnused(Root, TimeSpan.FromDays(1))); // Opening counts as use.
        File.SetLastWriteTimeUtc(folder + ".used", DateTime.UtcNow.AddDays(-3));
        PreparedEntry removed = Assert.Single(PreparedStore.RemoveUnused(Root, TimeSpan.FromDays(1)));
        Assert.Equal((folder, true), (removed.Folder, removed.IsWhole));
        Assert.True(removed.Bytes >= Shards * FramesPerShard * 8);
        Assert.False(Directory.Exists(folder));
        Assert.True(File.Exists(_folder.At("prepared", "dataset", "manifest.json")));
        Ensure();
        Expect(Enumerable.Range(0, Shards));
    }

    [Fact]
    public void RemoveUnused_WhileItIsWritten_LeavesIt() => Ensure((shard, output, ct) =>
    {
        Assert.Empty(PreparedStore.RemoveUnused(Root, TimeSpan.Zero));
        Fill(shard, output, ct);
    });
}
