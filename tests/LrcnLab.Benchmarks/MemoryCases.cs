using LrcnLab.Core.Specs;

namespace LrcnLab.Benchmarks;

/// <summary>Specifications that differ in all that decides memory.</summary>
internal static class MemoryCases
{
    public static IEnumerable<(string Name, RunSpec Spec)> All()
    {
        RunSpec seed = Presets.KerasPost.Spec, quick = Presets.QuickStart.Spec;
        foreach (int batch in (int[])[1, 2, 4, 8, 16, 32])
            yield return ($"seed 40x80x80, batch {batch}", Batch(seed, batch));
        foreach (var (frames, size) in ((int, int)[])[(4, 112), (8, 48), (8, 160), (16, 112), (16, 80), (32, 64)])
            yield return ($"seed {frames}x{size}x{size}, batch 4", Batch(seed with { Data = seed.Data with { ClipLength = frames, Width = size, Height = size } }, 4));
        foreach (int batch in (int[])[1, 16, 64, 128])
            yield return ($"quick start, batch {batch}", Batch(quick, batch));

        RunSpec four = Batch(seed with { Data = seed.Data with { ClipLength = 16 } }, 4);
        foreach (OptimizerSpec optimizer in (OptimizerSpec[])[new() { Kind = OptimizerKind.Sgd, Momentum = 0 }, new() { Kind = OptimizerKind.Sgd, Momentum = 0.9 }, new() { Kind = OptimizerKind.RmsProp }, new() { Kind = OptimizerKind.AdamW }])
            yield return ($"{optimizer.Kind}, momentum {optimizer.Momentum}", four with { Optimizer = optimizer });
        foreach (FrameNormalization norm in (FrameNormalization[])[FrameNormalization.Batch, FrameNormalization.Group])
            yield return ($"{norm} norm", With(four, b => b with { Normalization = norm }));
        foreach (Activation activation in (Activation[])[Activation.LeakyRelu, Activation.Elu, Activation.Gelu, Activation.Silu, Activation.Tanh])
            yield return ($"{activation}", With(four, b => b with { Activation = activation }));
        yield return ("average pool", With(four, b => b with { Pooling = PoolKind.Average }));
        yield return ("no dropout", With(four, b => b with { Dropout = 0 }));
        yield return ("GRU, both directions, 2 layers", four with { Model = four.Model with { Sequence = four.Model.Sequence with { Kind = SequenceKind.Gru, Bidirectional = true, Layers = 2, Dropout = 0.3 } } });
        yield return ("LSTM 1024", four with { Model = four.Model with { Sequence = four.Model.Sequence with { Hidden = 1024 } } });
        yield return ("hard-sigmoid gates", four with { Model = four.Model with { Sequence = four.Model.Sequence with { Gates = GateFunction.HardSigmoid } } });
        yield return ("weight average", four with { Training = four.Training with { Ema = 0.99 } });
        yield return ("mixup", four with { Training = four.Training with { Mixup = 0.2 } });
        yield return ("2 batches an update", four with { Training = four.Training with { Accumulation = 2 } });
        yield return ("recomputing 16 frames", four with { Resources = four.Resources with { RecomputeFrames = 16 } });
        yield return ("recomputing 64 frames, batch 16", Batch(four, 16) with { Resources = four.Resources with { RecomputeFrames = 64 } });
    }

    private static RunSpec Batch(RunSpec spec, int batch) => spec with { Training = spec.Training with { BatchSize = batch, Epochs = 1 } };

    private static RunSpec With(RunSpec spec, Func<BackboneSpec, BackboneSpec> change) => spec with { Model = spec.Model with { Backbone = change(spec.Model.Backbone) } };
}
