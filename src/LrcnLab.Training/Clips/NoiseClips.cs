using LrcnLab.Core.Specs;

namespace LrcnLab.Training.Clips;

/// <summary>Clips that show nothing, to measure steps with.</summary>
internal static class NoiseClips
{
    /// <param name="spec">Whose batch size and clips are used.</param>
    /// <param name="features">F for clips of features, which are all zero; 0 for frames.</param>
    /// <returns>A batch of samples 0, 1, ...</returns>
    public static ClipBatch Batch(RunSpec spec, int features)
    {
        int clips = spec.Training.BatchSize;
        byte[] bytes = new byte[clips * (features > 0 ? spec.Data.ClipLength * sizeof(float) * features : spec.Data.ClipBytes())];
        if (features == 0)
            new Random(1).NextBytes(bytes);
        return new ClipBatch(bytes, [.. Enumerable.Range(0, clips)], [.. Enumerable.Repeat(spec.Data.ClipLength, clips)]) { Features = features };
    }
}
