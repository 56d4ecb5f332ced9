namespace LrcnLab.Core.Specs;

public sealed record ModelSpec
{
    [Field("Initial weights", "What the model begins with instead of random weights: the name of weights that were brought in, or the id of a run for its best checkpoint.", Minimum = 0, Maximum = 200)]
    public string Weights { get; init; } = "";

    [Field("Backbone", "The convolutional network that turns each frame into a feature vector.")]
    public BackboneSpec Backbone { get; init; } = new();

    [Field("Sequence model", "The recurrent network that reads the feature vectors in order.", Formerly = "lstm")]
    public SequenceSpec Sequence { get; init; } = new();

    [Field("Classifier", "Fully connected layers from what was read to one value for each class.")]
    public HeadSpec Head { get; init; } = new();
}

public enum HeadActivation { Relu, Tanh, Linear }

public sealed record HeadSpec
{
    [Field("Hidden layers", "Fully connected layers before the last one, which has one unit for each class; 0 as in the paper.", Unit = "layers", Minimum = 0, Maximum = 4, Advanced = true)]
    public int Layers { get; init; }

    [Field("Units", "Size of each hidden layer.", Unit = "units", Minimum = 1, Maximum = 8192, Advanced = true)]
    public int Hidden { get; init; } = 512;

    [Field("Head activation", "The non-linearity after each hidden layer; linear for none, as in two of the five methods.", Advanced = true)]
    public HeadActivation Activation { get; init; } = HeadActivation.Relu;

    [Field("Head dropout", "Share of values set to zero while training: after each hidden layer, or before the last layer where there are none.", Unit = "of values", Minimum = 0, Maximum = 0.95, Advanced = true)]
    public double Dropout { get; init; }
}
