using System.Buffers.Binary;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Writing;
using SkiaSharp;

namespace LrcnLab.Media.Tests.Decoding;

public sealed class AviVideoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_MotionJpeg_GivesFramesAndRate()
    {
        string path = _folder.Write("a.avi", TestVideos.Avi(10, 90, 200));
        Decoded.AssertClose([10, 90, 200], Decoded.Brightness(path));
        Assert.Equal(new VideoInfo("Motion-JPEG AVI", 16, 12, 10), Decoded.Open(path).Info);
    }

    [Fact]
    public void Read_OtherName_GoesByContent() =>
        Decoded.AssertClose([10, 90], Decoded.Brightness(_folder.Write("a.mp4", TestVideos.Avi(10, 90))));

    [Fact]
    public void Read_EmptyFrame_RepeatsTheOneBefore() =>
        Decoded.AssertClose([10, 10, 90], Decoded.Brightness(_folder.Write("a.avi", TestVideos.Avi(10, -1, 90))));

    [Fact]
    public void Read_NoIndexAndJunk_IsTolerated()
    {
        byte[] avi = TestVideos.Avi(10, 90);
        int index = avi.AsSpan().LastIndexOf("idx1"u8);
        byte[] junk = [.. "JUNK"u8, 3, 0, 0, 0, 1, 2, 3, 0];
        Decoded.AssertClose([10, 90], Decoded.Brightness(_folder.Write("a.avi", WithRiffSize([.. avi[..index], .. junk]))));
    }

    [Fact]
    public void Read_OpenDmlContinuation_IsFollowed()
    {
        byte[] first = TestVideos.Avi(10, 90), second = TestVideos.Avi(200);
        int movi = second.AsSpan().IndexOf("movi"u8), index = second.AsSpan().LastIndexOf("idx1"u8);
        byte[] more = WithRiffSize([.. "RIFF"u8, 0, 0, 0, 0, .. "AVIX"u8, .. second[(movi - 8)..index]]);
        Decoded.AssertClose([10, 90, 200], Decoded.Brightness(_folder.Write("a.avi", [.. first, .. more])));
    }

    [Fact]
    public void Read_UnfinishedRecording_GivesWhatIsThere()
    {
        byte[] avi = TestVideos.Avi(10, 90);
        int movi = avi.AsSpan().IndexOf("movi"u8), index = avi.AsSpan().LastIndexOf("idx1"u8);
        avi = avi[..index];
        BinaryPrimitives.WriteUInt32LittleEndian(avi.AsSpan(4), 0);
        BinaryPrimitives.WriteUInt32LittleEndian(avi.AsSpan(movi - 4), 0);
        Decoded.AssertClose([10, 90], Decoded.Brightness(_folder.Write("a.avi", avi)));
    }

    [Fact]
    public void Read_CutOff_SaysSo()
    {
        byte[] avi = TestVideos.Avi(10, 90, 200);
        Assert.Contains("cut off", Decoded.Refusal(_folder.Write("a.avi", avi[..(avi.Length / 2)])), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DamagedFrame_SaysSo()
    {
        byte[] avi = AviWriter.Write(16, 12, 10, [TestPictures.Grey(10, SKEncodedImageFormat.Jpeg), [1, 2, 3, 4]]);
        Assert.Contains("damaged", Decoded.Refusal(_folder.Write("a.avi", avi)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFrames_SaysSo() =>
        Assert.Contains("without frames", Decoded.Refusal(_folder.Write("a.avi", TestVideos.Avi(-1))), StringComparison.Ordinal);

    [Fact]
    public void Read_SampleWithoutHuffmanTables_ShowsTheMotion()
    {
        string clip = Directory.GetFiles(Repository.At("samples", "moving-garments", "train", "slides-left"))[0];
        Assert.Equal(-1, File.ReadAllBytes(clip).AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]));
        var centres = new List<double>();
        Decoded.Open(clip).Read(new FrameFormat(64, 64, Core.Specs.ColorMode.Gray), (_, frame) =>
        {
            centres.Add(CentreX(frame.ToArray()));
            return true;
        }, TestContext.Current.CancellationToken);
        Assert.Equal(16, centres.Count);
        Assert.True(centres[0] - centres[^1] > 8, $"The garment moves from {centres[0]:0.0} to {centres[^1]:0.0}.");
    }

    private static double CentreX(byte[] frame)
    {
        int ground = frame.Order().ElementAt(frame.Length / 2);
        double[] weights = [.. frame.Select(v => Math.Abs(v - ground) > 40 ? 1.0 : 0)];
        return weights.Select((w, i) => w * (i % 64)).Sum() / weights.Sum();
    }

    private static byte[] WithRiffSize(byte[] riff)
    {
        BinaryPrimitives.WriteInt32LittleEndian(riff.AsSpan(4), riff.Length - 8);
        return riff;
    }
}
