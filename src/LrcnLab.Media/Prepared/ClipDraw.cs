using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;

namespace LrcnLab.Media.Prepared;

/// <summary>Everything that chance decides of a training clip. A function of seed, epoch and sample.</summary>
public readonly record struct ClipDraw(ClipChange Shape, ColorChange Color, EraseChange Erase, TimeChange Time)
{
    /// <summary>As in evaluation.</summary>
    public static ClipDraw None => new(ClipChange.None, default, default, new TimeChange(1, Reverse: false));

    /// <param name="data">How frames are taken.</param>
    /// <param name="augmentation">What may be changed.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="epoch">From 1.</param>
    /// <param name="sample">Index into the manifest's samples.</param>
    /// <param name="frames">Frames of the video.</param>
    /// <param name="clip">Receives the indices of the clip's frames.</param>
    public static ClipDraw Of(DataSpec data, AugmentationSpec augmentation, int seed, int epoch, int sample, int frames, Span<int> clip)
    {
        SplitMix random = Shuffle.ForSample(seed, epoch, sample), shape = Shuffle.ForSample(seed, epoch, sample, RandomStream.Shape), hue = Shuffle.ForSample(seed, epoch, sample, RandomStream.Hue);
        SplitMix box = Shuffle.ForSample(seed, epoch, sample, RandomStream.Erase), time = Shuffle.ForSample(seed, epoch, sample, RandomStream.Time);
        var draw = new ClipDraw(
            ClipChange.Draw(augmentation, data.Width, data.Height, ref random).Reshape(augmentation, ref shape),
            ColorChange.Draw(augmentation, ref random).Turn(augmentation, ref hue),
            EraseChange.Draw(augmentation, data.Width, data.Height, ref box),
            default);
        ClipSampler.Random(data, augmentation.TimeJitter, frames, ref random, clip);
        draw = draw with { Time = TimeChange.Draw(data, augmentation, ref time) };
        draw.Time.Apply(clip, frames);
        return draw;
    }
}
