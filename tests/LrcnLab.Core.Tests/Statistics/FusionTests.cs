using LrcnLab.Core.Events;
using LrcnLab.Core.Statistics;
using Xunit;

namespace LrcnLab.Core.Tests.Statistics;

public sealed class FusionTests
{
    private static readonly Prediction[] Colour = [new(0, 0, [0.6f, 0.4f]), new(1, 1, [0.7f, 0.3f]), new(2, 1, [0.1f, 0.9f]), new(9, 0, [1, 0])];
    private static readonly Prediction[] Flow = [new(2, 1, [0.8f, 0.2f]), new(1, 1, [0.2f, 0.8f]), new(0, 0, [0.45f, 0.55f]), new(7, 0, [1, 0])];

    [Theory]
    [InlineData(1, "101")]
    [InlineData(0, "010")]
    [InlineData(0.5, "111")]
    [InlineData(1 / 3.0, "110")]
    public void Of_WeighsProbabilitiesOfCommonSamples(double weight, string right)
    {
        Fusion fused = Fusion.Of(Colour, Flow, weight)!;

        bool[] expected = [.. right.Select(c => c == '1')];
        Assert.Equal(expected, fused.Right);
        Assert.Equal((3, weight), (fused.Samples, fused.Weight));
        Assert.Equal(right.Count(c => c == '1') / 3.0, fused.Accuracy, 1e-12);
        // One sample of class 0, two of class 1.
        Assert.Equal(((right[0] - '0') + (right[1] - '0' + right[2] - '0') / 2.0) / 2, fused.MeanClassAccuracy, 1e-12);
        Assert.Null(fused.AccuracyTop5);
    }

    [Fact]
    public void Of_SixClasses_CountsTheFiveMostLikely()
    {
        float[] rising = [0.01f, 0.04f, 0.1f, 0.2f, 0.25f, 0.4f];
        Fusion fused = Fusion.Of([new(0, 0, rising), new(1, 1, rising)], [new(0, 0, rising), new(1, 1, rising)], 0.5)!;

        Assert.Equal((0, 0.5), (fused.Accuracy, fused.AccuracyTop5));
    }

    [Fact]
    public void Of_WhatDoesNotBelongTogether_IsRefused()
    {
        Assert.Null(Fusion.Of(Colour, [new(100, 0, [1, 0])], 0.5));
        Assert.Throws<ArgumentException>(() => Fusion.Of(Colour, [new(0, 1, [1, 0])], 0.5));
        Assert.Throws<ArgumentException>(() => Fusion.Of(Colour, [new(0, 0, [1, 0, 0])], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Fusion.Of(Colour, Flow, 1.1));
    }
}
