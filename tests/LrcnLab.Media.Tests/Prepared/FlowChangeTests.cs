using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Tests.Prepared;

public sealed class FlowChangeTests : IDisposable
{
    private const int Width = 8, Height = 8, Frames = 3;
    private static readonly DataSpec Data = new() { Width = Width, Height = Height, Color = ColorMode.Flow, ClipLength = Frames, Sampling = ClipSampling.Contiguous };
    private static readonly AugmentationSpec OnlyColors = new() { Brightness = 0.5, Contrast = 0.5, Saturation = 0.5, Hue = 0.5 };
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, true, false)]
    [InlineData(101, true, false)]
    [InlineData(101, false, true)]
    [InlineData(101, true, true)]
    [InlineData(101, false, false)]
    public void Turn_OfEveryValue_NegatesAbout128WhatTurnsAround(int plane, bool mirrored, bool reversed)
    {
        byte[] frames = [.. Enumerable.Range(0, 6 * plane).Select(i => (byte)(i * 7))];
        byte[] changed = [.. frames];
        FlowChange.Turn(changed, plane, mirrored, reversed);

        bool[] negated = [mirrored != reversed, reversed, false];
        for (int i = 0; i < frames.Length; i++)
            Assert.Equal(negated[i / plane % 3] ? Math.Min(255, 256 - frames[i]) : frames[i], changed[i]);
    }

    [Fact]
    public void Read_OfFlow_IsNeverRecolored()
    {
        using PreparedFrames frames = Prepare(out DatasetManifest manifest);
        byte[] still = Read(frames, manifest, new AugmentationSpec(), 0);

        for (int epoch = 0; epoch < 4; epoch++)
            Assert.Equal(still, Read(frames, manifest, OnlyColors, epoch));
    }

    [Fact]
    public void Read_OfAMirroredFlow_MovesTheOtherWay()
    {
        using PreparedFrames frames = Prepare(out DatasetManifest manifest);
        byte[] still = Read(frames, manifest, new AugmentationSpec(), 0);
        byte[][] epochs = [.. Enumerable.Range(0, 8).Select(e => Read(frames, manifest, new AugmentationSpec { HorizontalFlip = true }, e))];
        byte[] mirrored = [.. still];
        for (int i = 0; i < still.Length; i++)
        {
            byte value = still[i - i % Width + Width - 1 - i % Width];
            mirrored[i] = i / (Width * Height) % 3 == 0 ? (byte)Math.Min(255, 256 - value) : value;
        }

        Assert.All(epochs, e => Assert.True(e.AsSpan().SequenceEqual(still) || e.AsSpan().SequenceEqual(mirrored)));
        Assert.Contains(epochs, e => e.AsSpan().SequenceEqual(still));
        Assert.Contains(epochs, e => e.AsSpan().SequenceEqual(mirrored));
    }

    [Fact]
    public void Prepare_OfFlow_IsNotForTheDecoder() =>
        Assert.Throws<ArgumentException>(() => FramePreparer.Prepare(TestDatasets.Create(_folder, 1, Frames), Data, _folder.At("prepared"), null, Ct));

    private PreparedFrames Prepare(out DatasetManifest manifest)
    {
        manifest = TestDatasets.Create(_folder, videos: 1, Frames);
        var layout = new PreparedLayout("flow", [new PlannedShard("flow", Frames)], [[0, 0, Frames]]);
        return PreparedFrames.Open(PreparedFolder.Ensure(_folder.At("prepared"), PreparedKey.Of(manifest, Data), layout, (_, output, _) =>
        {
            for (int f = 0; f < Frames; f++)
                output.Write([.. Enumerable.Range(0, 3 * Width * Height).Select(i => (byte)(i * 5 + f))]);
        }, thorough: false, null, Ct));
    }

    private static byte[] Read(PreparedFrames frames, DatasetManifest manifest, AugmentationSpec augmentation, int epoch)
    {
        var reader = new ClipReader(frames, manifest, Data, augmentation, seed: 3);
        byte[] clip = new byte[reader.ClipBytes];
        Assert.Equal(Frames, reader.Read(0, epoch, 0.5, clip));
        return clip;
    }
}
