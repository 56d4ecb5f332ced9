using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Prepared;

/// <summary>Which frames of a video a run can ever see.</summary>
public static class FramesUsed
{
    /// <param name="spec">Says how frames are taken.</param>
    /// <param name="split">In training chance may choose, in validation and test it never does.</param>
    /// <param name="frames">Frames of the video.</param>
    /// <returns>Indices in order, each once; null for all.</returns>
    public static int[]? Of(RunSpec spec, Split split, int frames)
    {
        DataSpec data = spec.Data;
        if (split == Split.Train && (data.Sampling is ClipSampling.Contiguous or ClipSampling.Variable || spec.Augmentation.TimeJitter && data.Sampling == ClipSampling.Uniform))
            return null;
        double[] places = split == Split.Test ? ClipSampler.Places(data, frames, spec.Evaluation.TestViews, spec.Evaluation.ViewStride) : [0.5];
        var used = new SortedSet<int>();
        int[] clip = new int[ClipSampler.Length(data, frames)];
        foreach (double place in places)
        {
            ClipSampler.Fixed(data, frames, place, clip);
            used.UnionWith(clip);
        }

        return used.Count == frames ? null : [.. used];
    }
}
