using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Tests.Prepared;

public sealed class FramesUsedTests
{
    public static TheoryData<ClipSampling, ShortVideos, bool> Ways =>
        new(from sampling in Enum.GetValues<ClipSampling>() from videos in Enum.GetValues<ShortVideos>() from jitter in (bool[])[false, true] select (sampling, videos, jitter));

    /// <summary>Whatever a run reads must be among them.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Of_HoldsEveryFrameThatAnyClipTakes(ClipSampling sampling, ShortVideos videos, bool jitter)
    {
        foreach (((int views, int stride), int frames) in from tests in ((int, int)[])[(1, 0), (4, 0), (1, 3)] from frames in (int[])[1, 5, 16, 61] select (tests, frames))
        {
            var spec = new RunSpec
            {
                Data = new DataSpec { ClipLength = 8, FrameInterval = 2, Sampling = sampling, ShortVideos = videos },
                Augmentation = new AugmentationSpec { TimeJitter = jitter, Speed = 0.3, TimeReversal = true },
                Evaluation = new EvaluationSpec { TestViews = views, ViewStride = stride },
            };
            foreach (Split split in Enum.GetValues<Split>())
            {
                HashSet<int> used = [.. FramesUsed.Of(spec, split, frames) ?? [.. Enumerable.Range(0, frames)]];
                int[] clip = new int[ClipSampler.Length(spec.Data, frames)];
                for (int epoch = 1; split == Split.Train && epoch <= 20; epoch++)
                {
                    ClipDraw.Of(spec.Data, spec.Augmentation, 1, epoch, 3, frames, clip);
                    Assert.Superset(clip.ToHashSet(), used);
                }

                foreach (double place in split == Split.Test ? ClipSampler.Places(spec.Data, frames, views, stride) : [0.5])
                {
                    ClipSampler.Fixed(spec.Data, frames, place, clip);
                    Assert.Superset(clip.ToHashSet(), used);
                }
            }
        }
    }

    [Fact]
    public void Of_EvenlySpreadFrames_AreThoseOnly()
    {
        var spec = new RunSpec { Data = new DataSpec { ClipLength = 4 } };

        Assert.Equal([5, 15, 25, 35], FramesUsed.Of(spec, Split.Train, 40)!);
        Assert.Null(FramesUsed.Of(spec with { Augmentation = new AugmentationSpec { TimeJitter = true } }, Split.Train, 40));
        Assert.Equal([5, 15, 25, 35], FramesUsed.Of(spec with { Augmentation = new AugmentationSpec { TimeJitter = true } }, Split.Validation, 40)!);
    }
}
