using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>
/// What training needs at its peak, before anything runs. The parts are counted from the plan; how much more than the count they take (temporaries of the optimizer,
/// gradients on their way back, gaps between blocks) was fitted to the peaks of whole runs on a CPU, see docs/performance.md.
/// </summary>
/// <param name="ProcessBytes">The program with its libraries; zero for a GPU's memory.</param>
/// <param name="WeightBytes">Weights, gradients and optimizer state, the same for every batch size.</param>
/// <param name="BytesPerClip">Input, activations kept for the backward pass, and gradients, for each clip of a batch.</param>
/// <param name="RecomputedBytes">Activations of the frames that are recomputed at once, or whose features are computed at once to be kept; zero when none are.</param>
public sealed record MemoryEstimate(long ProcessBytes, long WeightBytes, long BytesPerClip, long RecomputedBytes)
{
    private const long Process = 80L << 20;
    private const double PerFixedByte = 1.63, PerActivationByte = 0.8, PerLargestByte = 7;

    /// <summary>In bfloat16, which halves activations and gradients of the convolutions, but not the input, norms, indices of pools, and what is behind the backbone.</summary>
    private const double HalfShare = 0.6;

    private const int MaximumBatch = 65_536;

    public static MemoryEstimate Of(ModelPlan plan, RunSpec spec)
    {
        // Float clips, channels-last, padded; normalised ones through two more.
        long input = (spec.Data.Normalization == ClipNormalization.Unit ? 4 : 6) * 4 * Size(plan.InputShape);
        long process = spec.Resources.Device == DeviceKind.Cuda ? 0 : Process;
        long weights = (long)(PerFixedByte * FixedBytes(plan, spec));
        int backbone = plan.Layers.TakeWhile(l => l is not FeatureLayer).Count(), frozen = plan.IsFrozenForGood ? plan.FrozenLayers : 0;
        double precision = spec.Resources.Precision == Precision.Bfloat16 ? HalfShare : 1;
        if (FeatureCache.IsUsed(spec))
            return new MemoryEstimate(process, weights, Bytes(2L * sizeof(float) * plan.InputShape[0] * FeatureCache.Values(spec), plan.Layers.Skip(plan.BackboneLayers)), FeatureBytes(plan));
        if (spec.Resources.RecomputeFrames <= 0)
            return new MemoryEstimate(process, weights, (long)(precision * Bytes(input, plan.Layers, frozen)), 0);
        double share = Math.Min(1, (double)spec.Resources.RecomputeFrames / (plan.InputShape[0] * (long)spec.Training.BatchSize));
        long recomputed = (long)(share * spec.Training.BatchSize * Bytes(0, plan.Layers.Take(backbone)));
        return new MemoryEstimate(process, weights, Bytes(2 * input, plan.Layers.Skip(backbone)), recomputed);
    }

    /// <summary>Of a batch of so many clips.</summary>
    public long Bytes(int batch) => ProcessBytes + WeightBytes + RecomputedBytes + batch * BytesPerClip;

    /// <summary>Largest batch with which the specification stays within <paramref name="availableBytes"/>; 0 when not even one clip fits.</summary>
    public static int LargestBatch(ModelPlan plan, RunSpec spec, long availableBytes)
    {
        int fits = 0, tooMany = MaximumBatch + 1;
        while (tooMany - fits > 1)
        {
            int batch = fits + (tooMany - fits) / 2;
            bool within = plan.MemoryBytes(spec with { Training = spec.Training with { BatchSize = batch } }) <= availableBytes;
            (fits, tooMany) = within ? (batch, tooMany) : (fits, batch);
        }

        return fits;
    }

    /// <summary>Bytes of weights, their gradients, the optimizer's memory, the weight average, and weights and gradients in bfloat16.</summary>
    public static long FixedBytes(ModelPlan plan, RunSpec spec)
    {
        OptimizerSpec optimizer = spec.Optimizer;
        int states = optimizer.Kind switch
        {
            OptimizerKind.Adam or OptimizerKind.AdamW => 2,
            OptimizerKind.RmsProp => optimizer.Momentum > 0 ? 2 : 1,
            _ => optimizer.Momentum > 0 ? 1 : 0,
        };
        int copies = spec.Training.Ema > 0 ? 2 : 1;
        long half = spec.Resources.Precision == Precision.Bfloat16 ? 2 * 2 * plan.Parameters : 0;
        return half + copies * 4 * plan.Parameters + (1L + states) * 4 * plan.TrainableParameters;
    }

    /// <summary>While features are computed, of a few frames at a time.</summary>
    private static long FeatureBytes(ModelPlan plan) => (long)(PerLargestByte * FeatureCache.FramesAtOnce / plan.InputShape[0] * plan.Layers.Take(plan.BackboneLayers).Max(l => 4.0 * Size(l.OutputShape)));

    private static long Bytes(long input, IEnumerable<PlanLayer> layers, int frozen = 0)
    {
        double activations = input, largest = 0;
        foreach (var (i, layer) in layers.Index())
        {
            // What is frozen for good keeps nothing for a way back.
            activations += i < frozen ? 0 : layer.ActivationBytes;
            largest = Math.Max(largest, 4 * Size(layer.OutputShape));
        }

        return (long)(PerActivationByte * activations + PerLargestByte * largest);
    }

    private static long Size(IReadOnlyList<int> shape) => shape.Aggregate(1L, (size, next) => size * next);
}
