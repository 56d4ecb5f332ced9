using CsCheck;
using LrcnLab.Core.Specs;

namespace LrcnLab.Training.Tests.Models;

/// <summary>Small valid specifications over the whole range of architectures.</summary>
internal static class SpecGen
{
    private static readonly Gen<ConvolutionSpec> Convolution =
        from filters in Gen.Int[1, 6]
        from kernel in Gen.Int[1, 5]
        from stride in Gen.Int[1, 2]
        from padding in Gen.Enum<Padding>()
        from pool in Gen.Int[1, 2]
        from initializer in Gen.Enum<WeightInitializer>()
        select new ConvolutionSpec { Filters = filters, Kernel = kernel, Stride = stride, Padding = padding, Pool = pool, Initializer = initializer };

    private static readonly Gen<BackboneSpec> Backbone =
        from convolutions in Convolution.List[1, 3]
        from normalization in Gen.Enum<FrameNormalization>()
        from features in Gen.Enum<FeaturePooling>()
        from dropout in Gen.Bool.Select(drops => drops ? 0.5 : 0)
        from activation in Gen.Enum<Activation>()
        from pooling in Gen.Enum<PoolKind>()
        from freeze in Gen.Enum<BackboneFreeze>()
        select new BackboneSpec { Freeze = freeze, FreezeUpTo = "conv1", Convolutions = convolutions, Normalization = normalization, Features = features, Dropout = dropout, Activation = activation, Pooling = pooling };

    private static readonly Gen<SequenceSpec> Sequence =
        from hidden in Gen.Int[1, 8]
        from layers in Gen.Int[1, 3]
        from dropout in Gen.Bool.Select(drops => drops ? 0.5 : 0)
        from readout in Gen.Enum<Readout>()
        from kind in Gen.Enum<SequenceKind>()
        from bidirectional in Gen.Bool
        from between in Gen.Bool.Select(drops => drops && layers > 1 ? 0.5 : 0)
        from gates in Gen.Enum<GateFunction>()
        select new SequenceSpec { Kind = kind, Hidden = hidden, Layers = layers, Bidirectional = bidirectional, Dropout = between, Gates = gates, InputDropout = dropout, Readout = readout };

    private static readonly Gen<HeadSpec> Head =
        from layers in Gen.Int[0, 2]
        from hidden in Gen.Int[1, 6]
        from activation in Gen.Enum<HeadActivation>()
        from dropout in Gen.Bool.Select(drops => drops ? 0.5 : 0)
        select new HeadSpec { Layers = layers, Hidden = hidden, Activation = activation, Dropout = dropout };

    private static readonly Gen<DataSpec> Data =
        from length in Gen.Int[1, 4]
        from width in Gen.Int[8, 24]
        from height in Gen.Int[8, 24]
        from color in Gen.Enum<ColorMode>()
        select new DataSpec { ClipLength = length, Width = width, Height = height, Color = color };

    public static readonly Gen<RunSpec> Any =
        (from data in Data
         from backbone in Backbone
         from sequence in Sequence
         from head in Head
         select new RunSpec { Data = data, Model = new ModelSpec { Backbone = backbone, Sequence = sequence, Head = head } })
        .Where(spec => SpecReader.Validate(spec).Count == 0);
}
