using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Tests.Prepared;

public sealed class ClipReaderTests : IDisposable
{
    private static readonly DataSpec Data = new() { Width = 8, Height = 8, Color = ColorMode.Gray, ClipLength = 3 };
    private static readonly AugmentationSpec Strong = new() { Shift = 0.3, Crop = 0.4, HorizontalFlip = true, Brightness = 0.2, Contrast = 0.2, Saturation = 0.3, TimeJitter = true };
    private readonly TemporaryFolder _folder = new();
    private readonly DatasetManifest _manifest;
    private readonly PreparedFrames _frames;

    public ClipReaderTests()
    {
        _manifest = TestDatasets.Create(_folder, videos: 2, frames: 9);
        _frames = PreparedFrames.Open(FramePreparer.Prepare(_manifest, Data, _folder.At("prepared"), null, TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        _frames.Dispose();
        _folder.Dispose();
    }

    private ClipReader Reader(AugmentationSpec augmentation, int seed = 7) => new(_frames, _manifest, Data, augmentation, seed);

    private static byte[] Read(ClipReader reader, int sample, int? epoch)
    {
        byte[] clip = new byte[reader.ClipBytes];
        reader.Read(sample, epoch, 0.5, clip);
        return clip;
    }

    [Fact]
    public void Read_Evaluation_TakesTheMiddlesUnchanged()
    {
        byte[] clip = Read(Reader(Strong), 1, epoch: null);
        Assert.Equal([1, 4, 7], new[] { clip[0], clip[64], clip[128] }.Select(v => (v - 40 + 2) / 5));
    }

    [Fact]
    public void Read_SameSeedEpochAndSample_IsTheSame()
    {
        Assert.Equal(Read(Reader(Strong), 1, 3), Read(Reader(Strong), 1, 3));
        Assert.NotEqual(Read(Reader(Strong), 1, 3), Read(Reader(Strong), 1, 4));
        Assert.NotEqual(Read(Reader(Strong), 1, 3), Read(Reader(Strong, seed: 8), 1, 3));
    }

    [Fact]
    public void Read_ManyThreads_GiveWhatOneGives()
    {
        ClipReader reader = Reader(Strong);
        byte[][] alone = [.. Enumerable.Range(0, 100).Select(e => Read(reader, e % 2, e))];
        byte[][] together = new byte[100][];
        Parallel.For(0, 100, e => together[e] = Read(reader, e % 2, e));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Read_Warm_AllocatesNothing()
    {
        ClipReader reader = Reader(Strong);
        byte[] clip = new byte[reader.ClipBytes];
        reader.Read(0, 1, 0.5, clip);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int e = 0; e < 100; e++)
            reader.Read(0, e, 0.5, clip);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Read_WrongBuffer_NamesBothSizes()
    {
        string message = Assert.Throws<ArgumentException>(() => Reader(Strong).Read(0, null, 0.5, new byte[5])).Message;
        Assert.Contains("192", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_OtherFrameSize_IsRefused() =>
        Assert.Contains("16x8", Assert.Throws<ArgumentException>(() => new ClipReader(_frames, _manifest, Data with { Width = 16 }, Strong, 1)).Message, StringComparison.Ordinal);
}
