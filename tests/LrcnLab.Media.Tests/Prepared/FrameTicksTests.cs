using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Tests.Prepared;

public sealed class FrameTicksTests
{
    [Theory]
    [InlineData(30, 10, new[] { 0, 3, 6, 9 })]
    [InlineData(25, 10, new[] { 0, 2, 5, 7, 10 })]
    [InlineData(10, 25, new[] { 0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4 })]
    [InlineData(29.97, 29.97, new[] { 0, 1, 2, 3 })]
    [InlineData(0, 10, new[] { 0, 1, 2, 3 })]
    [InlineData(10, 0, new[] { 0, 1, 2, 3 })]
    public void Frame_IsWhatIsSeenAtTheTick(double recorded, double wanted, int[] expected)
    {
        var ticks = new FrameTicks(recorded, wanted);
        Assert.Equal(expected, expected.Select((_, k) => ticks.Frame(k)));
    }

    [Theory]
    [InlineData(30, 10)]
    [InlineData(30000 / 1001.0, 25)]
    [InlineData(25, 60)]
    [InlineData(23.976, 7.3)]
    public void Of_NeighbouringCuts_ShareNoTickAndLoseNone(double recorded, double wanted)
    {
        var ticks = new FrameTicks(recorded, wanted);
        FrameRange whole = ticks.Of(new FrameRange(0, 1000)), first = ticks.Of(new FrameRange(0, 437)), second = ticks.Of(new FrameRange(437, 563));
        Assert.Equal((0, first.End, whole.End), (first.First, second.First, second.End));
        Assert.Equal(1000 * wanted / recorded, whole.Count, 1.0);
        Assert.All(Enumerable.Range(0, whole.Count), k => Assert.InRange(k / wanted - ticks.Frame(k) / recorded, -1e-6, 1 / recorded));
    }

    [Fact]
    public void Of_PartBetweenTwoTicks_HasTheTickBefore() => Assert.Equal(new FrameRange(1, 1), new FrameTicks(30, 10).Of(new FrameRange(4, 1)));

    [Theory]
    [InlineData(10, FrameFit.Stretch)]
    [InlineData(40, FrameFit.Crop)]
    [InlineData(0, FrameFit.Letterbox)]
    public void Prepare_ManagedReaderAndFfmpeg_GiveTheSameFrames(double rate, FrameFit fit)
    {
        Assert.SkipUnless(Ffmpeg.Installed is not null, "ffmpeg is not installed");
        using var folder = new TemporaryFolder();
        CancellationToken ct = TestContext.Current.CancellationToken;
        // Lossless, so that both decoders see the same pixels: bars whose brightness tells the frame.
        TestVideos.Run("-f", "lavfi", "-i", "color=black:s=64x32:r=25:d=0.8,format=gray,geq=lum='10*N+40*(1-X/W)'", "-c:v", "png", folder.At("a.mov"));
        TestVideos.Run("-i", folder.At("a.mov"), folder.At("frames-%03d.png"));
        Directory.CreateDirectory(folder.At("pictures"));
        foreach (string picture in Directory.GetFiles(folder.At(), "frames-*.png"))
            File.Move(picture, Path.Combine(folder.At("pictures"), Path.GetFileName(picture)));
        var sample = new Sample { Path = "a.mov", Label = 0, Split = Split.Train, Frames = 20, FrameRate = 25, Width = 64, Height = 32, Sha256 = MediaFile.Sha256(folder.At("a.mov"), ct) };
        var manifest = new DatasetManifest
        {
            Name = "two readers",
            Layout = "csv",
            Root = folder.At(),
            Classes = ["a", "b"],
            Samples = [sample, sample with { Path = "pictures", Sha256 = MediaFile.Sha256(folder.At("pictures"), ct) }],
        };
        var data = new DataSpec { Width = 16, Height = 16, Color = ColorMode.Gray, FrameRate = rate, Fit = fit };
        using PreparedFrames frames = PreparedFrames.Open(FramePreparer.Prepare(manifest, data, folder.At("prepared"), null, ct));
        Assert.Equal(rate == 0 ? 20 : (int)(0.8 * rate), frames.FrameCount(0));
        Assert.Equal(frames.FrameCount(0), frames.FrameCount(1));
        for (int f = 0; f < frames.FrameCount(0); f++)
        {
            byte[] decoded = frames.Frame(0, f).ToArray(), read = frames.Frame(1, f).ToArray();
            Assert.All(decoded.Zip(read), p => Assert.InRange(p.First - p.Second, -3, 3)); // Their filters differ a little where the size changes.
            Assert.Equal(fit == FrameFit.Letterbox, decoded[0] == 0 && decoded[^1] == 0);
            int shown = new FrameTicks(25, rate).Frame(f);
            double left = 40 * (1 - (fit == FrameFit.Crop ? 17 : 2) / 64.0);
            Assert.InRange(decoded[8 * 16] - (10 * shown + left), -6, 6);
        }
    }
}
