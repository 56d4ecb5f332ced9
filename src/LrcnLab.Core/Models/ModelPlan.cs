using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>The network that a specification describes, computed without any tensor library. Modules are built from it, and the form shows it.</summary>
public sealed record ModelPlan(IReadOnlyList<int> InputShape, int Classes, IReadOnlyList<PlanLayer> Layers)
{
    /// <summary>As PyTorch counts: both LSTM biases.</summary>
    public long Parameters => Layers.Sum(l => l.Parameters);

    public long TrainableParameters => Parameters - Layers.Sum(l => l.FrozenParameters);

    /// <summary>As Keras counts: one bias an LSTM gate, batch norm with its moving statistics.</summary>
    public long ParametersKeras => Layers.Sum(l => l.ParametersKeras);

    /// <summary>Floating-point operations of one forward pass over one clip; a multiplication with its addition counts 2.</summary>
    public long FlopsPerClip => Layers.Sum(l => l.Flops);

    /// <summary>Bytes that one clip of a batch occupies while training: input, activations kept for the backward pass, and the largest gradient.</summary>
    public long BytesPerClip
    {
        get
        {
            long input = 4 * InputShape.Aggregate(1L, (a, b) => a * b);
            long largest = Layers.Max(l => 4 * l.OutputShape.Aggregate(1L, (a, b) => a * b));
            return input + Layers.Sum(l => l.ActivationBytes) + 2 * largest;
        }
    }

    /// <summary>Bytes of weights, gradients and optimizer state, the same for every batch size.</summary>
    public long FixedBytes(OptimizerSpec optimizer)
    {
        int states = optimizer.Kind switch
        {
            OptimizerKind.Adam or OptimizerKind.AdamW => 2,
            OptimizerKind.RmsProp => optimizer.Momentum > 0 ? 2 : 1,
            _ => optimizer.Momentum > 0 ? 1 : 0,
        };
        return 4 * Parameters + (1L + states) * 4 * TrainableParameters;
    }

    /// <summary>Bytes of tensors that training needs at its peak; the process itself comes on top.</summary>
    public long MemoryBytes(RunSpec spec) => FixedBytes(spec.Optimizer) + spec.Training.BatchSize * BytesPerClip;

    /// <summary>Largest batch for which <see cref="MemoryBytes"/> stays within <paramref name="availableBytes"/>; 0 when not even one clip fits.</summary>
    public int LargestBatch(OptimizerSpec optimizer, long availableBytes) => (int)Math.Clamp((availableBytes - FixedBytes(optimizer)) / BytesPerClip, 0, 65_536);
}
