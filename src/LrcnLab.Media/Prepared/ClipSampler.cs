using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Prepared;

/// <summary>Which frames of a video make a clip. Every function fills <c>clip</c> with indices into the video, in order.</summary>
public static class ClipSampler
{
    /// <summary>Frames of a clip: as long as the specification says, or as the video allows where clips may be shorter.</summary>
    public static int Length(DataSpec data, int frames) =>
        data.Sampling == ClipSampling.Variable ? Math.Min(data.ClipLength, (frames - 1) / data.FrameInterval + 1) : data.ClipLength;

    /// <summary>The clip that evaluation reads: the same every time.</summary>
    /// <param name="data">Says how frames are taken.</param>
    /// <param name="frames">Frames of the video.</param>
    /// <param name="place">Which of all possible clips, in [0, 1): 0.5 for the centre.</param>
    /// <param name="clip">Receives the indices.</param>
    public static void Fixed(DataSpec data, int frames, double place, Span<int> clip)
    {
        if (data.Sampling == ClipSampling.Uniform)
            Uniform(frames, place, clip);
        else
            Contiguous(frames, data.FrameInterval, place, clip);
    }

    /// <summary>A clip for training; draws from <paramref name="random"/> where the specification asks for chance.</summary>
    public static void Random(DataSpec data, bool timeJitter, int frames, ref SplitMix random, Span<int> clip)
    {
        if (data.Sampling != ClipSampling.Uniform)
            Contiguous(frames, data.FrameInterval, random.NextUnit(), clip);
        else if (timeJitter)
            Uniform(frames, ref random, clip);
        else
            Uniform(frames, 0.5, clip);
    }

    /// <summary>The video in as many equal parts as the clip has frames; of each the frame at <paramref name="place"/> (0.5: its middle). Shorter videos repeat frames evenly.</summary>
    public static void Uniform(int frames, double place, Span<int> clip)
    {
        for (int t = 0; t < clip.Length; t++)
            clip[t] = At((t + place) / clip.Length, frames);
    }

    /// <summary>As <see cref="Uniform(int, double, Span{int})"/>, with a random place in each part.</summary>
    public static void Uniform(int frames, ref SplitMix random, Span<int> clip)
    {
        for (int t = 0; t < clip.Length; t++)
            clip[t] = At((t + random.NextUnit()) / clip.Length, frames);
    }

    /// <summary>Frames <paramref name="interval"/> apart. Shorter videos start at their first frame and repeat their last.</summary>
    /// <param name="frames">Frames of the video.</param>
    /// <param name="interval">Distance of neighbours in the clip, in frames of the video.</param>
    /// <param name="place">Where among all possible starts, in [0, 1): 0.5 for the centre.</param>
    /// <param name="clip">Receives the indices.</param>
    public static void Contiguous(int frames, int interval, double place, Span<int> clip)
    {
        int spare = Math.Max(0, frames - ((clip.Length - 1) * interval + 1));
        int start = (int)(place * (spare + 1));
        for (int t = 0; t < clip.Length; t++)
            clip[t] = Math.Min(start + t * interval, frames - 1);
    }

    private static int At(double share, int frames) => Math.Min((int)(share * frames), frames - 1);
}
