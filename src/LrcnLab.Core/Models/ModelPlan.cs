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

    /// <summary>Bytes that training needs at its peak, the process itself included.</summary>
    public long MemoryBytes(RunSpec spec) => MemoryEstimate.Of(this, spec).Bytes(spec.Training.BatchSize);
}
