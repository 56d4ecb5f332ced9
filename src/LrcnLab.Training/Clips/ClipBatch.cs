namespace LrcnLab.Training.Clips;

/// <summary>Clips of one batch as bytes; the buffer goes back to its loader's pool with <see cref="ClipLoader.Return"/>.</summary>
/// <param name="Pixels">uint8 [N, T, C, H, W]; longer than needed when the batch is the last, smaller one.</param>
/// <param name="Samples">Index of each clip's sample in the data set.</param>
/// <param name="Lengths">Valid frames of each clip; what lies behind them is anything.</param>
public sealed record ClipBatch(byte[] Pixels, int[] Samples, int[] Lengths)
{
    /// <summary>Null when all clips have <paramref name="frames"/> frames, which is the rule and the fast way.</summary>
    public long[]? LengthsUnlessAll(int frames) => Lengths.All(l => l == frames) ? null : [.. Lengths.Select(l => (long)l)];
}

/// <summary>Fills one clip, uint8 [T, C, H, W]. Called from several threads.</summary>
/// <param name="sample">Index of the sample in the data set.</param>
/// <param name="epoch">Decides the augmentation; null for none.</param>
/// <param name="place">Which of all possible clips is read without an epoch, in [0, 1): 0.5 for the centre.</param>
/// <param name="clip">Room for the longest clip.</param>
/// <returns>Frames written.</returns>
public delegate int ClipRead(int sample, int? epoch, double place, Span<byte> clip);

/// <summary>One clip to read.</summary>
public readonly record struct ClipChoice(int Sample, double Place = 0.5);
