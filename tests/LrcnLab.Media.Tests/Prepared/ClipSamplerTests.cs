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

    [Theory]
    [InlineData(ClipSampling.SkipDropTail, ShortVideos.Repeat, 7, 4, new[] { 0, 1, 2, 3 })] // The bug that it is named for: frames 4 to 6 are never seen.
    [InlineData(ClipSampling.Skip, ShortVideos.Repeat, 7, 4, new[] { 0, 1, 3, 5 })]
    [InlineData(ClipSampling.SkipDropTail, ShortVideos.Repeat, 9, 4, new[] { 0, 2, 4, 6 })]
    [InlineData(ClipSampling.Skip, ShortVideos.Repeat, 8, 4, new[] { 0, 2, 4, 6 })]
    [InlineData(ClipSampling.SkipDropTail, ShortVideos.Repeat, 3, 5, new[] { 0, 1, 2, 2, 2 })]
    [InlineData(ClipSampling.SkipDropTail, ShortVideos.Loop, 3, 5, new[] { 0, 1, 2, 0, 1 })]
    [InlineData(ClipSampling.Skip, ShortVideos.Loop, 2, 5, new[] { 0, 1, 0, 1, 0 })]
    [InlineData(ClipSampling.Uniform, ShortVideos.Loop, 3, 5, new[] { 0, 1, 2, 0, 1 })]
    [InlineData(ClipSampling.Uniform, ShortVideos.Pad, 3, 5, new[] { 0, 1, 2 })]
    [InlineData(ClipSampling.Skip, ShortVideos.Pad, 3, 5, new[] { 0, 1, 2 })]
    [InlineData(ClipSampling.Contiguous, ShortVideos.Loop, 3, 5, new[] { 0, 1, 2, 0, 1 })]
    [InlineData(ClipSampling.Contiguous, ShortVideos.Repeat, 3, 5, new[] { 0, 1, 2, 2, 2 })]
    [InlineData(ClipSampling.Contiguous, ShortVideos.Pad, 3, 5, new[] { 0, 1, 2 })]
    [InlineData(ClipSampling.Variable, ShortVideos.Repeat, 3, 5, new[] { 0, 1, 2 })]
    public void Fixed_EachWayAndLength_TakesTheseFrames(ClipSampling sampling, ShortVideos shortVideos, int frames, int length, int[] expected)
    {
        var data = new DataSpec { Sampling = sampling, ShortVideos = shortVideos, ClipLength = length };
        int[] clip = new int[ClipSampler.Length(data, frames)];
        ClipSampler.Fixed(data, frames, 0.5, clip);
        Assert.Equal(expected, clip);
        if (sampling is ClipSampling.Contiguous or ClipSampling.Variable || shortVideos == ShortVideos.Pad)
            return;
        SplitMix random = Shuffle.ForSample(1, 2, 3);
        ClipSampler.Random(data, timeJitter: false, frames, ref random, clip);
        Assert.Equal(expected, clip);
    }

    [Theory]
    [InlineData(ClipSampling.Skip)]
    [InlineData(ClipSampling.SkipDropTail)]
    public void Places_SeveralViewsOfSkipping_StartAtDifferentFrames(ClipSampling sampling)
    {
        var data = new DataSpec { Sampling = sampling, ClipLength = 4 };
        int[] clip = new int[4];
        var starts = new List<int>();
        foreach (double place in ClipSampler.Places(data, 40, views: 3, stride: 0))
        {
            ClipSampler.Fixed(data, 40, place, clip);
            Assert.Equal([10, 10, 10], clip.Zip(clip.Skip(1), (a, b) => b - a));
            starts.Add(clip[0]);
        }

        Assert.Equal([6, 0, 3], starts);
    }

    [Theory]
    [InlineData(16, new[] { 0 })]
    [InlineData(5, new[] { 0 })]
    [InlineData(32, new[] { 0, 8, 16 })]
    [InlineData(35, new[] { 0, 8, 16, 19 })] // The last clip ends with the video.
    public void Places_Stride8_AreThePapersTestClips(int frames, int[] starts)
    {
        var data = new DataSpec { Sampling = ClipSampling.Contiguous, ClipLength = 16 };
        int[] clip = new int[16];
        var taken = new List<int>();
        foreach (double place in ClipSampler.Places(data, frames, views: 1, stride: 8))
        {
            ClipSampler.Fixed(data, frames, place, clip);
            taken.Add(clip[0]);
        }

        Assert.Equal(starts, taken);
    }

    [Fact]
    public void Places_AnyLengthAndStride_LeaveNoFrameOut()
    {
        var data = new DataSpec { Sampling = ClipSampling.Contiguous, ClipLength = 16 };
        int[] clip = new int[16];
        for (int frames = 1; frames < 400; frames++)
        {
            var seen = new HashSet<int>();
            foreach (double place in ClipSampler.Places(data, frames, 1, 1 + frames % 16))
            {
                ClipSampler.Fixed(data, frames, place, clip);
                seen.UnionWith(clip);
            }

            Assert.Equal(frames, seen.Count);
        }
    }

    [Theory]
    [InlineData(1.5, false, new[] { 4, 6, 7, 8, 10 })]
    [InlineData(0.5, false, new[] { 6, 6, 7, 8, 8 })]
    [InlineData(9, false, new[] { 0, 5, 10, 14, 19 })]
    [InlineData(1, true, new[] { 9, 8, 7, 6, 5 })]
    public void Apply_Time_StaysWithinTheVideo(double speed, bool reverse, int[] expected)
    {
        int[] clip = [5, 6, 7, 8, 9];
        new TimeChange(speed, reverse).Apply(clip, 20);
        Assert.Equal(expected, clip);
    }

    [Fact]
    public void Draw_Time_ChangesSpeedOfContiguousClipsOnlyAndReversesHalf()
    {
        var spec = new AugmentationSpec { Speed = 0.5, TimeReversal = true };
        SplitMix random = Shuffle.ForSample(1, 1, 1);
        TimeChange[] contiguous = [.. Enumerable.Range(0, 1000).Select(_ => TimeChange.Draw(new DataSpec { Sampling = ClipSampling.Contiguous }, spec, ref random))];
        Assert.InRange(contiguous.Count(c => c.Reverse), 400, 600);
        Assert.All(contiguous, c => Assert.InRange(c.Speed, 0.5, 1.5));
        Assert.InRange(contiguous.Max(c => c.Speed) - contiguous.Min(c => c.Speed), 0.9, 1.0);
        Assert.Equal(1, TimeChange.Draw(new DataSpec(), spec, ref random).Speed);
        Assert.Equal(new TimeChange(1, false), TimeChange.Draw(new DataSpec { Sampling = ClipSampling.Contiguous }, new AugmentationSpec(), ref random));
    }
}
