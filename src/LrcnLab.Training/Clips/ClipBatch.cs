namespace LrcnLab.Training.Clips;

/// <summary>Clips of one batch as bytes; the buffer goes back to its loader's pool with <see cref="ClipLoader.Return"/>.</summary>
/// <param name="Pixels">uint8 [N, T, C, H, W]; longer than needed when the batch is the last, smaller one.</param>
/// <param name="Samples">Index of each clip's sample in the data set.</param>
public sealed record ClipBatch(byte[] Pixels, int[] Samples);

/// <summary>Fills one clip, uint8 [T, C, H, W]. Called from several threads.</summary>
/// <param name="sample">Index of the sample in the data set.</param>
/// <param name="epoch">Decides the augmentation; null for none.</param>
/// <param name="clip">The whole clip is written.</param>
public delegate void ClipRead(int sample, int? epoch, Span<byte> clip);
