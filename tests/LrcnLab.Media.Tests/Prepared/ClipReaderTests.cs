using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;
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

    public static TheoryData<string> NewChanges => [.. Changes.Keys];

    private static readonly Dictionary<string, AugmentationSpec> Changes = new()
    {
        ["scales"] = Strong with { CropScales = [90, 70, 50] },
        ["aspect"] = Strong with { Aspect = 0.8 },
        ["erase"] = Strong with { Erase = 1 },
        ["reverse"] = Strong with { TimeReversal = true },
    };

    [Theory]
    [MemberData(nameof(NewChanges))]
    public void Read_NewChange_IsDeterministicAndLeavesTheOtherDrawsAsTheyWere(string name)
    {
        ClipReader with = Reader(Changes[name]), without = Reader(Strong);
        byte[][] changed = [.. Enumerable.Range(0, 40).Select(e => Read(with, 1, e))], before = [.. Enumerable.Range(0, 40).Select(e => Read(without, 1, e))];
        Assert.Equal(changed, Enumerable.Range(0, 40).Select(e => Read(Reader(Changes[name]), 1, e)));
        if (name is "erase" or "reverse")
            Assert.Contains(changed.Zip(before), p => !p.First.SequenceEqual(p.Second));
        Assert.Equal(Read(without, 1, null), Read(with, 1, null));
        foreach (var (a, b) in changed.Zip(before))
        {
            // Every frame of these videos has one brightness: with the colours unchanged it tells which frames were taken, in whatever order.
            if (name != "erase")
                Assert.Equal(Enumerable.Range(0, 3).Select(t => b[64 * t]).Order(), Enumerable.Range(0, 3).Select(t => a[64 * t]).Order());
            else if (b[0] != 128 && b[64] != 128 && b[128] != 128)
                Assert.Equal(Erased(a, b, 0), Erased(a, b, 2));
        }

        static bool[] Erased(byte[] a, byte[] b, int t) => [.. Enumerable.Range(64 * t, 64).Select(i => a[i] != b[i])];
    }

    [Fact]
    public void Read_SameFrames_ChangeAllAlikeAndClassesThatMustNotBeMirroredAreNot()
    {
        for (int f = 0; f < 9; f++)
        {
            using var picture = new SkiaSharp.SKBitmap(16, 12);
            picture.Erase(SkiaSharp.SKColors.Black);
            for (int y = 0; y < 12; y++)
                picture.SetPixel(0, y, SkiaSharp.SKColors.White);
            foreach (string video in (string[])["v0", "v1"])
                _folder.Write($"data/{video}/f{f}.png", TestPictures.Encode(picture, SkiaSharp.SKEncodedImageFormat.Png));
        }

        string hash = MediaFile.Sha256(_folder.At("data", "v0"), TestContext.Current.CancellationToken);
        DatasetManifest manifest = _manifest with { Unmirrored = [1], Samples = [.. _manifest.Samples.Select(s => s with { Sha256 = hash })] };
        using PreparedFrames frames = PreparedFrames.Open(FramePreparer.Prepare(manifest, Data, _folder.At("prepared"), null, TestContext.Current.CancellationToken));
        var reader = new ClipReader(frames, manifest, Data, new AugmentationSpec { HorizontalFlip = true }, 7);
        Assert.Equal(2, Enumerable.Range(0, 30).Select(e => Read(reader, 0, e)[0]).Distinct().Count());
        Assert.Single(Enumerable.Range(0, 30).Select(e => Read(reader, 1, e)[0]).Distinct());

        AugmentationSpec[] all = [Strong, .. Changes.Values, new() { CropScales = [60] }, new() { Aspect = 1 }, new() { Erase = 1 }];
        foreach (AugmentationSpec augmentation in all)
        {
            byte[][] clips = [.. Enumerable.Range(0, 20).Select(e => Read(new ClipReader(frames, manifest, Data, augmentation, 7), 0, e))];
            Assert.All(clips, clip => Assert.All((int[])[1, 2], t => Assert.Equal(clip[..64], clip[(64 * t)..(64 * t + 64)])));
            Assert.True(clips.Select(Convert.ToHexString).Distinct().Count() > 3);
        }
    }
}
