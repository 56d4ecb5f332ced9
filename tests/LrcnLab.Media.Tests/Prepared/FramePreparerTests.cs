using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Tests.Prepared;

public sealed class FramePreparerTests : IDisposable
{
    private static readonly DataSpec Small = new() { Width = 8, Height = 8, Color = ColorMode.Gray, ClipLength = 4 };
    private readonly TemporaryFolder _folder = new();
    private readonly DatasetManifest _manifest;

    public FramePreparerTests() => _manifest = TestDatasets.Create(_folder, videos: 3, frames: 6);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Root => _folder.At("prepared");

    private string Prepare() => FramePreparer.Prepare(_manifest, Small, Root, null, Ct);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prepare_NewDataset_HoldsEveryFrameInOrder()
    {
        using PreparedFrames frames = PreparedFrames.Open(Prepare());
        Assert.Equal((8, 8, 1), (frames.Width, frames.Height, frames.Channels));
        for (int sample = 0; sample < 3; sample++)
        {
            Assert.Equal(6, frames.FrameCount(sample));
            for (int f = 0; f < 6; f++)
            {
                byte expected = TestDatasets.Brightness(sample, f);
                Assert.Equal(64, frames.Frame(sample, f).Length);
                Assert.Equal(-1, frames.Frame(sample, f).IndexOfAnyExceptInRange((byte)Math.Max(0, expected - 1), (byte)(expected + 1)));
            }
        }

        Assert.Equal(3 * 6 * 64, FramePreparer.EstimateBytes(_manifest, Small));
    }

    [Fact]
    public void Prepare_Rgb_IsPlanar()
    {
        using SkiaSharp.SKBitmap red = TestPictures.Plain(16, 12, 200, 100, 50);
        for (int f = 0; f < 6; f++)
            _folder.Write($"data/v0/f{f}.png", TestPictures.Encode(red, SkiaSharp.SKEncodedImageFormat.Png));
        Sample changed = _manifest.Samples[0] with { Sha256 = MediaFile.Sha256(_folder.At("data", "v0"), Ct) };
        using PreparedFrames frames = PreparedFrames.Open(FramePreparer.Prepare(_manifest with { Samples = [changed] }, Small with { Color = ColorMode.Rgb }, Root, null, Ct));
        Assert.Equal([200, 100, 50], [frames.Frame(0, 0)[0], frames.Frame(0, 0)[64], frames.Frame(0, 0)[128]]);
    }

    [Fact]
    public void Prepare_Again_DoesNotDecodeAgain()
    {
        string folder = Prepare();
        DateTime built = Directory.GetCreationTimeUtc(folder);
        Directory.Delete(_manifest.Root, recursive: true);
        Assert.Equal(folder, Prepare());
        Assert.Equal(built, Directory.GetCreationTimeUtc(folder));
    }

    [Fact]
    public void Prepare_DamagedShard_IsBuiltAgain()
    {
        string folder = Prepare(), shard = Directory.GetFiles(folder, "*.bin")[0];
        byte[] whole = File.ReadAllBytes(shard), damaged = [.. whole];
        damaged[10] ^= 0xFF;
        File.WriteAllBytes(shard, damaged);
        Prepare();
        Assert.Equal(whole, File.ReadAllBytes(shard));
    }

    [Theory]
    [InlineData("index.json")]
    [InlineData("frames-0000.bin")]
    public void Open_ShortenedFile_IsRefusedAndRebuilt(string name)
    {
        string folder = Prepare();
        using (FileStream file = File.OpenWrite(Path.Combine(folder, name)))
            file.SetLength(file.Length / 2);
        Assert.Contains(folder, Assert.Throws<InvalidDataException>(() => PreparedFrames.Open(folder)).Message, StringComparison.Ordinal);
        using PreparedFrames frames = PreparedFrames.Open(Prepare());
        Assert.Equal(3, frames.SampleCount);
    }

    [Fact]
    public async Task Prepare_TwoAtOnce_GiveTheSameFolder()
    {
        string[] folders = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(Prepare, Ct)));
        Assert.Single(folders.Distinct());
        using PreparedFrames frames = PreparedFrames.Open(folders[0]);
        Assert.Equal(3, frames.SampleCount);
    }

    [Fact]
    public void Prepare_CutsOfOneFolder_ShareFrames()
    {
        Sample whole = _manifest.Samples[0];
        DatasetManifest cuts = _manifest with
        {
            Samples = [whole with { FrameRate = 10, Start = 0.3, End = 0.6, Frames = 3 }, whole with { FrameRate = 10, Start = 0.1, End = 0.4, Frames = 3 }],
        };
        Assert.Equal(5 * 64, FramePreparer.EstimateBytes(cuts, Small));
        using PreparedFrames frames = PreparedFrames.Open(FramePreparer.Prepare(cuts, Small, Root, null, Ct));
        Assert.Equal([3, 4, 5], Enumerable.Range(0, 3).Select(f => frames.Frame(0, f)[0] / 5));
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(f => frames.Frame(1, f)[0] / 5));
    }

    [Fact]
    public void Prepare_ChangedSource_SaysSo()
    {
        _folder.Write("data/v1/f3.png", TestPictures.Grey(1));
        string message = Assert.Throws<MediaException>(Prepare).Message;
        Assert.Contains("v1", message, StringComparison.Ordinal);
        Assert.Contains("changed", message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => PreparedFrames.Open(FramePreparer.Folder(_manifest, Small, Root)));
    }

    [Fact]
    public void Prepare_Progress_EndsAtTheTotal()
    {
        var told = new List<(long Done, long Total)>();
        FramePreparer.Prepare(_manifest, Small, Root, (done, total) => told.Add((done, total)), Ct);
        Assert.Equal((18, 18), told[^1]);
        Assert.Equal(told.OrderBy(t => t.Done), told);
    }
}
