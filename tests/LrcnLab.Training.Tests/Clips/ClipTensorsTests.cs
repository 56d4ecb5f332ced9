using LrcnLab.Core.Specs;
using LrcnLab.Training.Clips;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Clips;

public sealed class ClipTensorsTests
{
    private static readonly DataSpec Data = new() { ClipLength = 2, Width = 3, Height = 2, Color = ColorMode.Gray };

    [Fact]
    public void Clips_Unit_AreSharesOf255InOrder()
    {
        using var scope = NewDisposeScope();
        byte[] pixels = [.. Enumerable.Range(0, 24).Select(i => (byte)(i * 10)), 99, 99];
        Tensor clips = ClipTensors.Clips(new ClipBatch(pixels, [7, 8], [2, 2]), Data, CPU);

        Assert.Equal([2L, 2, 1, 2, 3], clips.shape);
        Assert.Equal(pixels[..24].Select(p => p / 255f), clips.data<float>().ToArray());
    }

    [Theory]
    [InlineData(ClipNormalization.Unit)]
    [InlineData(ClipNormalization.PerClip)]
    public void Clips_InHalfPrecision_AreTheSameValuesRoundedOnce(ClipNormalization normalization)
    {
        using var scope = NewDisposeScope();
        DataSpec data = Data with { Width = 16, Height = 8, Normalization = normalization };
        ClipBatch batch = new([.. Enumerable.Range(0, 512).Select(i => (byte)i)], [0, 1], [2, 2]);

        Tensor half = ClipTensors.Clips(batch, data, CPU, half: true);

        Assert.Equal(bfloat16, half.dtype);
        Assert.True(half.eq(ClipTensors.Clips(batch, data, CPU).to(bfloat16)).all().item<bool>());
    }

    [Fact]
    public void Clips_PerClip_HaveMeanZeroAndDeviationOneUnlessTheyAreFlat()
    {
        using var scope = NewDisposeScope();
        byte[] pixels = [.. Enumerable.Range(0, 12).Select(i => (byte)(i * i)), .. Enumerable.Repeat((byte)77, 12)];
        Tensor clips = ClipTensors.Clips(new ClipBatch(pixels, [0, 1], [2, 2]), Data with { Normalization = ClipNormalization.PerClip }, CPU);

        Assert.Equal(0, clips[0].mean().item<float>(), 1e-5f);
        Assert.Equal(1, clips[0].std(unbiased: false).item<float>(), 1e-5f);
        Assert.Equal(0, clips[1].abs().max().item<float>(), 1e-3f);
    }

    [Fact]
    public void Clips_Motion_KeepOnlyWhatChangesAtAPlace()
    {
        using var scope = NewDisposeScope();
        byte[] moving = [10, 20, 30, 40, 50, 60, 10, 20, 90, 40, 50, 60];
        byte[] still = [10, 20, 30, 40, 50, 60, 10, 20, 30, 40, 50, 60];
        Tensor clips = ClipTensors.Clips(new ClipBatch([.. moving, .. still], [0, 1], [2, 2]), Data with { Normalization = ClipNormalization.Motion }, CPU);

        float size = MathF.Sqrt(6);
        Assert.Equal([0, 0, -size, 0, 0, 0, 0, 0, size, 0, 0, 0], clips[0].data<float>().ToArray().Select(v => MathF.Round(v, 4)).Select(v => Math.Abs(Math.Abs(v) - size) < 1e-3 ? MathF.Sign(v) * size : v));
        Assert.Equal(0, clips[1].abs().max().item<float>(), 1e-3f);
    }

    [Theory]
    [InlineData(ClipNormalization.PerClip)]
    [InlineData(ClipNormalization.Motion)]
    public void Clips_ShorterThanTheOthers_AreNormalisedAsIfAlone(ClipNormalization normalization)
    {
        using var scope = NewDisposeScope();
        DataSpec data = Data with { ClipLength = 3, Normalization = normalization };
        byte[] pixels = [.. Enumerable.Range(0, 36).Select(i => (byte)(i * i % 251))];
        Tensor together = ClipTensors.Clips(new ClipBatch(pixels, [0, 1], [3, 2]), data, CPU);
        Tensor alone = ClipTensors.Clips(new ClipBatch(pixels[18..30], [1], [2]), data with { ClipLength = 2 }, CPU);

        Assert.True(together[1].narrow(0, 0, 2).allclose(alone[0], rtol: 1e-4, atol: 1e-5));
        Assert.Equal(0, together[1, 2].abs().max().item<float>());
    }
}
