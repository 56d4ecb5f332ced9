using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Tests.Prepared;

public sealed class ClipSamplerTests
{
    [Theory]
    [InlineData(16, 4, new[] { 2, 6, 10, 14 })]
    [InlineData(4, 4, new[] { 0, 1, 2, 3 })]
    [InlineData(2, 4, new[] { 0, 0, 1, 1 })]
    [InlineData(1, 3, new[] { 0, 0, 0 })]
    public void Uniform_Evaluation_TakesSegmentMiddles(int frames, int length, int[] expected)
    {
        int[] clip = new int[length];
        ClipSampler.Uniform(frames, 0.5, clip);
        Assert.Equal(expected, clip);
    }

    [Theory]
    [InlineData(10, 1, new[] { 3, 4, 5, 6 })]
    [InlineData(10, 3, new[] { 0, 3, 6, 9 })]
    [InlineData(3, 2, new[] { 0, 2, 2, 2 })]
    public void Contiguous_Evaluation_IsCentredAndRepeatsTheLast(int frames, int interval, int[] expected)
    {
        int[] clip = new int[4];
        ClipSampler.Fixed(new DataSpec { Sampling = ClipSampling.Contiguous, FrameInterval = interval }, frames, 0.5, clip);
        Assert.Equal(expected, clip);
    }

    [Fact]
    public void Uniform_Jitter_StaysInEachSegmentAndReachesBothEnds()
    {
        var seen = new HashSet<int>();
        for (int e = 0; e < 200; e++)
        {
            SplitMix random = Shuffle.ForSample(1, e, 0);
            int[] clip = new int[4];
            ClipSampler.Random(new DataSpec(), timeJitter: true, 20, ref random, clip);
            for (int t = 0; t < 4; t++)
                Assert.InRange(clip[t], 5 * t, 5 * t + 4);
            seen.UnionWith(clip);
        }

        Assert.Equal(20, seen.Count);
    }

    [Fact]
    public void Contiguous_Training_ReachesEveryStart()
    {
        var starts = new HashSet<int>();
        for (int e = 0; e < 200; e++)
        {
            SplitMix random = Shuffle.ForSample(1, e, 0);
            int[] clip = new int[4];
            ClipSampler.Random(new DataSpec { Sampling = ClipSampling.Contiguous, FrameInterval = 2 }, timeJitter: false, 10, ref random, clip);
            Assert.Equal([clip[0], clip[0] + 2, clip[0] + 4, clip[0] + 6], clip);
            starts.Add(clip[0]);
        }

        Assert.Equal([0, 1, 2, 3], starts.Order());
    }
}
