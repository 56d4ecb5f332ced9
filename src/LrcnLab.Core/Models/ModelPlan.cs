using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>The network that a specification describes, computed without any tensor library. Modules are built from it, and the form shows it.</summary>
public sealed record ModelPlan(IReadOnlyList<int> InputShape, int Classes, IReadOnlyList<PlanLayer> Layers)
{
    /// <summary>As PyTorch counts: both LSTM biases.</summary>
    public long Parameters => Layers.Sum(l => l.Parameters);

    /// <summary>Of layers that learn at any time.</summary>
    public long TrainableParameters => Parameters - Layers.Sum(l => l.FrozenParameters) - (IsFrozenForGood ? Layers.Take(FrozenLayers).Sum(l => l.Parameters) : 0);

    /// <summary>Layers, from the first on, that keep their weights, for good or at first.</summary>
    public int FrozenLayers { get; init; }

    /// <summary>Whether frozen layers stay so to the end.</summary>
    public bool IsFrozenForGood { get; init; }

    /// <summary>Layers, from the first on, that make features of frames or clips; what comes behind reads the sequence and classifies.</summary>
    public int BackboneLayers
    {
        get
        {
            int end = 1 + Layers.ToList().FindLastIndex(l => l is FeatureLayer or FullyConnectedLayer);
            while (Layers[end] is ActivationLayer)
                end++;
            return end;
        }
    }

    /// <summary>As Keras counts: one bias an LSTM gate, batch norm with its moving statistics.</summary>
    public long ParametersKeras => Layers.Sum(l => l.ParametersKeras);

    /// <summary>Floating-point operations of one forward pass over one clip; a multiplication with its addition counts 2.</summary>
    public long FlopsPerClip => Layers.Sum(l => l.Flops);

    /// <summary>Bytes that training needs at its peak, the process itself included.</summary>
    public long MemoryBytes(RunSpec spec) => MemoryEstimate.Of(this, spec).Bytes(spec.Training.BatchSize);
}
