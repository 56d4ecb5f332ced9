using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Prepared;

/// <summary>Which frames of a video make a clip. Every function fills <c>clip</c> with indices into the video, in order.</summary>
public static class ClipSampler
{
    /// <summary>Frames of a clip: as long as the specification says, or as the video allows where clips may be shorter.</summary>
    public static int Length(DataSpec data, int frames) =>
        data.HasShortClips() ? Math.Min(data.ClipLength, IsContiguous(data) ? (frames - 1) / data.FrameInterval + 1 : frames) : data.ClipLength;

    /// <summary>Where the clips of a test begin, each as a <c>place</c> for <see cref="Fixed"/>.</summary>
    /// <param name="data">Says how frames are taken.</param>
    /// <param name="frames">Frames of the video.</param>
    /// <param name="views">Clips spread evenly over the video; counts where <paramref name="stride"/> is 0.</param>
    /// <param name="stride">A clip starts every so many frames; the last one ends with the video, so that no frame is left out.</param>
    public static double[] Places(DataSpec data, int frames, int views, int stride)
    {
        if (stride == 0)
            return [.. Enumerable.Range(0, views).Select(view => (view + 0.5) / views)];
        int last = Spare(Length(data, frames), data.FrameInterval, frames);
        return [.. Enumerable.Range(0, (last + stride - 1) / stride + 1).Select(i => (Math.Min(i * stride, last) + 0.5) / (last + 1))];
    }

    /// <summary>The clip that evaluation reads: the same every time.</summary>
    /// <param name="data">Says how frames are taken.</param>
    /// <param name="frames">Frames of the video.</param>
    /// <param name="place">Which of all possible clips, in [0, 1): 0.5 for the centre, or for skipping from the first frame on; other places of skipping start within its first step.</param>
    /// <param name="clip">Receives the indices.</param>
    public static void Fixed(DataSpec data, int frames, double place, Span<int> clip)
    {
        if (IsContiguous(data))
            Contiguous(frames, data.FrameInterval, place, clip, data.ShortVideos == ShortVideos.Loop);
        else if (data.ShortVideos == ShortVideos.Loop && frames < clip.Length)
            Loop(frames, clip);
        else if (data.Sampling == ClipSampling.SkipDropTail)
            SkipDropTail(frames, (place + 0.5) % 1, clip);
        else
            Uniform(frames, data.Sampling == ClipSampling.Skip ? (place + 0.5) % 1 : place, clip);
    }

    /// <summary>A clip for training; draws from <paramref name="random"/> where the specification asks for chance.</summary>
    public static void Random(DataSpec data, bool timeJitter, int frames, ref SplitMix random, Span<int> clip)
    {
        if (IsContiguous(data))
            Fixed(data, frames, random.NextUnit(), clip);
        else if (timeJitter && data.Sampling == ClipSampling.Uniform && !(data.ShortVideos == ShortVideos.Loop && frames < clip.Length))
            Uniform(frames, ref random, clip);
        else
            Fixed(data, frames, 0.5, clip);
    }

    /// <summary>The video in as many equal parts as the clip has frames; of each the frame at <paramref name="place"/> (0.5: its middle, 0: its first). Shorter videos repeat frames evenly.</summary>
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

    /// <summary>
    /// As the five methods' <c>rescale_list</c>: every n-th frame from the first on, n being the whole part of frames / clip length, so that the rest is never seen:
    /// of 79 frames a clip of 40 has the first 40. For comparison with what was trained so.
    /// </summary>
    public static void SkipDropTail(int frames, double phase, Span<int> clip)
    {
        int skip = Math.Max(1, frames / clip.Length), first = (int)(phase * skip);
        for (int t = 0; t < clip.Length; t++)
            clip[t] = Math.Min(first + t * skip, frames - 1);
    }

    /// <summary>Frames <paramref name="interval"/> apart. Shorter videos start at their first frame and repeat their last, or start over.</summary>
    /// <param name="frames">Frames of the video.</param>
    /// <param name="interval">Distance of neighbours in the clip, in frames of the video.</param>
    /// <param name="place">Where among all possible starts, in [0, 1): 0.5 for the centre.</param>
    /// <param name="clip">Receives the indices.</param>
    /// <param name="loop">Shorter videos start over.</param>
    public static void Contiguous(int frames, int interval, double place, Span<int> clip, bool loop = false)
    {
        int start = (int)(place * (Spare(clip.Length, interval, frames) + 1));
        for (int t = 0; t < clip.Length; t++)
        {
            int frame = start + t * interval;
            clip[t] = loop ? frame % frames : Math.Min(frame, frames - 1);
        }
    }

    private static bool IsContiguous(DataSpec data) => data.Sampling is ClipSampling.Contiguous or ClipSampling.Variable;

    private static void Loop(int frames, Span<int> clip)
    {
        for (int t = 0; t < clip.Length; t++)
            clip[t] = t % frames;
    }

    /// <summary>The last possible start of a clip.</summary>
    private static int Spare(int length, int interval, int frames) => Math.Max(0, frames - ((length - 1) * interval + 1));

    private static int At(double share, int frames) => Math.Min((int)(share * frames), frames - 1);
}
