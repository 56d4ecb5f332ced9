using System.Globalization;

namespace LrcnLab.Training.Features;

/// <summary>What a run gains because the features of its backbone are kept.</summary>
/// <param name="Frames">Whose features are kept.</param>
/// <param name="Values">F: values of a frame.</param>
/// <param name="Seconds">That computing all of them took, whenever that was.</param>
/// <param name="SecondsNow">Of these, how many this attempt spent; 0 when all were there.</param>
/// <param name="FramesPerEpoch">Frames of which a run without kept features would compute them in an epoch, validation included.</param>
public sealed record FeatureSaving(long Frames, int Values, double Seconds, double SecondsNow, long FramesPerEpoch)
{
    /// <summary>Computing time saved after so many epochs of the run; negative until what was spent is back.</summary>
    public double HoursAfter(int epochs) => (Frames == 0 ? 0 : Seconds / Frames * FramesPerEpoch * epochs - SecondsNow) / 3600;

    /// <summary>In words, for the log.</summary>
    public string Report => string.Create(
        CultureInfo.InvariantCulture,
        $"The backbone is frozen and its features are kept: {Values:N0} values of each of {Frames:N0} frames, {Frames * (double)Values * sizeof(float) / 1e6:N1} MB, computed {(SecondsNow > 0 ? "for this run" : "before")} in {Seconds:N1} s. Each epoch saves {(Frames == 0 ? 0 : Seconds / Frames * FramesPerEpoch):N1} s.");
}
