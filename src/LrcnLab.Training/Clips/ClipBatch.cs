namespace LrcnLab.Training.Clips;

/// <summary>Clips of one batch as bytes; the buffer goes back to its loader's pool with <see cref="ClipLoader.Return"/>.</summary>
/// <param name="Bytes">uint8 [N, T, C, H, W], or float32 [N, T, F] of a source of features; longer than needed when the batch is the last, smaller one.</param>
/// <param name="Samples">Index of each clip's sample in the data set.</param>
/// <param name="Lengths">Valid frames of each clip; what lies behind them is anything.</param>
public sealed record ClipBatch(byte[] Bytes, int[] Samples, int[] Lengths)
{
    /// <summary>See <see cref="ClipSource.Features"/>.</summary>
    public int Features { get; init; }

    /// <summary>Null when all clips have <paramref name="frames"/> frames, which is the rule and the fast way.</summary>
    public long[]? LengthsUnlessAll(int frames) => Lengths.All(l => l == frames) ? null : [.. Lengths.Select(l => (long)l)];
}

/// <summary>Fills one clip. Called from several threads.</summary>
/// <param name="sample">Index of the sample in the data set.</param>
/// <param name="epoch">Decides the augmentation; null for none.</param>
/// <param name="place">Which of all possible clips is read without an epoch, in [0, 1): 0.5 for the centre.</param>
/// <param name="clip">Room for the longest clip.</param>
/// <returns>Frames written.</returns>
public delegate int ClipRead(int sample, int? epoch, double place, Span<byte> clip);

/// <summary>Where clips come from.</summary>
/// <param name="Read">Fills one.</param>
/// <param name="ClipBytes">Of the longest clip.</param>
/// <param name="Features">F, where clips hold the backbone's features, float32 [T, F]; 0 for frames, uint8 [T, C, H, W].</param>
public sealed record ClipSource(ClipRead Read, int ClipBytes, int Features = 0);

/// <summary>One clip to read.</summary>
public readonly record struct ClipChoice(int Sample, double Place = 0.5);
