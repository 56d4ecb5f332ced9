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
        foreach (int batch in (int[])[8, 32])
            yield return ($"seed in bfloat16, batch {batch}", Batch(Half(seed), batch));
        yield return ("quick start in bfloat16, batch 64", Batch(Half(quick), 64));
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

    /// <summary>Others, which the estimate's factors were not fitted to.</summary>
    public static IEnumerable<(string Name, RunSpec Spec)> Unseen()
    {
        RunSpec seed = Presets.KerasPost.Spec, quick = Presets.QuickStart.Spec;
        yield return ("unseen: seed 24x72x96, batch 6", Batch(seed with { Data = seed.Data with { ClipLength = 24, Width = 96, Height = 72 } }, 6));
        yield return ("unseen: seed 10x48x48, motion, batch 16", Batch(seed with { Data = seed.Data with { ClipLength = 10, Width = 48, Height = 48, Normalization = ClipNormalization.Motion } }, 16));
        yield return ("unseen: seed 1x96x96, batch 32", Batch(seed with { Data = seed.Data with { ClipLength = 1, Width = 96, Height = 96 } }, 32));
        yield return ("unseen: quick start in colour, batch 32", Batch(quick with { Data = quick.Data with { Color = ColorMode.Rgb } }, 32));
        yield return ("unseen: quick start 20x96x128, batch 12", Batch(quick with { Data = quick.Data with { ClipLength = 20, Width = 128, Height = 96 } }, 12));
        yield return ("unseen: quick start, wide", Batch(With(quick, b => b with { Convolutions = [.. b.Convolutions.Select(c => c with { Filters = 4 * c.Filters })] }), 16));
        yield return ("unseen: AdamW, average, group norm", Batch(With(seed, b => b with { Normalization = FrameNormalization.Group }) with { Optimizer = new() { Kind = OptimizerKind.AdamW }, Training = seed.Training with { Ema = 0.999 }, Data = seed.Data with { ClipLength = 20 } }, 5));
        yield return ("unseen: LSTM 768 in both directions", Batch(seed with { Data = seed.Data with { ClipLength = 12 }, Model = seed.Model with { Sequence = seed.Model.Sequence with { Hidden = 768, Bidirectional = true } } }, 8));
        yield return ("unseen: every step read out, mixup", Batch(seed with { Data = seed.Data with { ClipLength = 20 }, Model = seed.Model with { Sequence = seed.Model.Sequence with { Readout = Readout.EveryStep } }, Training = seed.Training with { Mixup = 0.4 } }, 6));
        yield return ("unseen: batch norm in bfloat16", Batch(Half(With(seed, b => b with { Normalization = FrameNormalization.Batch })) with { Data = seed.Data with { ClipLength = 20, Width = 96, Height = 72 } }, 6));
        yield return ("unseen: AdamW, average, GRU, bfloat16", Batch(Half(seed) with { Optimizer = new() { Kind = OptimizerKind.AdamW }, Training = seed.Training with { Ema = 0.999 }, Data = seed.Data with { ClipLength = 16 }, Model = seed.Model with { Sequence = seed.Model.Sequence with { Kind = SequenceKind.Gru } } }, 12));
        yield return ("unseen: four convolutions, SiLU", Batch(With(seed, b => b with { Convolutions = [.. b.Convolutions.Take(4)], Activation = Activation.Silu }) with { Data = seed.Data with { ClipLength = 8 } }, 4));
    }

    private static RunSpec Half(RunSpec spec) => spec with { Resources = spec.Resources with { Precision = Precision.Bfloat16 } };

    private static RunSpec Batch(RunSpec spec, int batch) => spec with { Training = spec.Training with { BatchSize = batch, Epochs = 1 } };

    private static RunSpec With(RunSpec spec, Func<BackboneSpec, BackboneSpec> change) => spec with { Model = spec.Model with { Backbone = change(spec.Model.Backbone) } };
}
