namespace LrcnLab.Core.Specs;

public enum Readout { Last, Mean, EveryStep, All }

public enum SequenceKind { Lstm, Gru, None }

public enum GateFunction { Sigmoid, HardSigmoid }

public sealed record SequenceSpec
{
    [Field("Kind", "lstm is what the paper uses; gru has a quarter fewer weights; none has no memory, so each frame stands alone until the read-out.")]
    public SequenceKind Kind { get; init; } = SequenceKind.Lstm;

    [Field("Hidden units", "Size of the memory; parameters grow with its square.", Unit = "units", Minimum = 1, Maximum = 4096, When = "kind!=none")]
    public int Hidden { get; init; } = 256;

    [Field("Layers", "Recurrent layers stacked on each other.", Minimum = 1, Maximum = 8, When = "kind!=none")]
    public int Layers { get; init; } = 1;

    [Field("Bidirectional", "A second network reads the clip backwards; twice the weights, and the whole clip must be there before an answer.", When = "kind!=none")]
    public bool Bidirectional { get; init; }

    [Field("Input dropout", "Share of inputs set to zero while training, the same ones at all time steps (as Keras does).", Unit = "of inputs", Minimum = 0, Maximum = 0.95)]
    public double InputDropout { get; init; }

    [Field("Dropout between layers", "Share of values set to zero between stacked layers while training; needs two layers or more.", Unit = "of values", Minimum = 0, Maximum = 0.95, Advanced = true, When = "kind!=none")]
    public double Dropout { get; init; }

    [Field("Gates", "sigmoid as everybody today; hard-sigmoid as Keras before 2.3, several times slower.", Advanced = true, When = "kind=lstm")]
    public GateFunction Gates { get; init; } = GateFunction.Sigmoid;

    [Field("Read-out", "last classifies the final state; mean the average state; every-step each frame, averaging the probabilities (as the paper does); all puts the steps side by side.")]
    public Readout Readout { get; init; } = Readout.Last;
}
