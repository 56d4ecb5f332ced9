using CsCheck;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Tests.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Models;

public sealed class MemoryEstimateTests
{
    /// <summary>Weights, gradients of what trains, and the optimizer's states: none for plain SGD, one with momentum or RMSprop, two for Adam.</summary>
    [Theory]
    [InlineData(OptimizerKind.Sgd, 0, 0)]
    [InlineData(OptimizerKind.Sgd, 0.9, 1)]
    [InlineData(OptimizerKind.RmsProp, 0, 1)]
    [InlineData(OptimizerKind.RmsProp, 0.9, 2)]
    [InlineData(OptimizerKind.Adam, 0.9, 2)]
    [InlineData(OptimizerKind.AdamW, 0, 2)]
    public void FixedBytes_CountOptimizerStates(OptimizerKind kind, double momentum, int states)
    {
        ModelPlan plan = ModelPlanner.Plan(Presets.KerasPost.Spec, 101);

        Assert.Equal(4 * 4_377_733L + (1 + states) * 4 * 4_375_685L, MemoryEstimate.FixedBytes(plan, Presets.KerasPost.Spec with { Optimizer = new OptimizerSpec { Kind = kind, Momentum = momentum } }));
    }

    [Fact]
    public void Bfloat16_NeedsLessForClipsAndMoreForWeights()
    {
        RunSpec single = Presets.KerasPost.Spec, half = single with { Resources = single.Resources with { Precision = Precision.Bfloat16 } };
        ModelPlan plan = ModelPlanner.Plan(single, 101);
        MemoryEstimate before = MemoryEstimate.Of(plan, single), after = MemoryEstimate.Of(plan, half);

        Assert.InRange((double)after.BytesPerClip / before.BytesPerClip, 0.5, 0.7);
        Assert.Equal(2 * 2 * 4_377_733L, MemoryEstimate.FixedBytes(plan, half) - MemoryEstimate.FixedBytes(plan, single));
        Assert.True(MemoryEstimate.LargestBatch(plan, half, 8L << 30) > MemoryEstimate.LargestBatch(plan, single, 8L << 30));
    }

    [Fact]
    public void KeptFeatures_MakeClipsSmall()
    {
        RunSpec kept = Presets.Find("five-features-lstm")!.Spec, computed = kept with { Model = kept.Model with { Backbone = kept.Model.Backbone with { KeepFeatures = false } } };
        ModelPlan plan = ModelPlanner.Plan(kept, 101);
        MemoryEstimate small = MemoryEstimate.Of(plan, kept), large = MemoryEstimate.Of(plan, computed);

        Assert.True(20 * small.BytesPerClip < large.BytesPerClip);
        Assert.True(small.RecomputedBytes > 0);
        Assert.Equal(large.WeightBytes, small.WeightBytes);
    }

    [Fact]
    public void LargestBatch_FitsAndOneMoreDoesNot() =>
        Gen.Select(AnySpec.Valid, Gen.Long[0, 100_000_000_000]).Sample(
            (spec, available) =>
            {
                ModelPlan plan = ModelPlanner.Plan(spec, 10);
                int batch = MemoryEstimate.LargestBatch(plan, spec, available);
                if (batch > 0)
                    Assert.True(plan.MemoryBytes(WithBatch(spec, batch)) <= available);
                if (batch < 65_536)
                    Assert.True(plan.MemoryBytes(WithBatch(spec, batch + 1)) > available);
            },
            iter: 500);

    [Fact]
    public void LargestBatch_WithoutRoomForTheWeights_IsZero()
    {
        ModelPlan plan = ModelPlanner.Plan(Presets.KerasPost.Spec, 101);

        MemoryEstimate estimate = MemoryEstimate.Of(plan, Presets.KerasPost.Spec);
        Assert.Equal(0, MemoryEstimate.LargestBatch(plan, Presets.KerasPost.Spec, 0));
        Assert.Equal(0, MemoryEstimate.LargestBatch(plan, Presets.KerasPost.Spec, estimate.ProcessBytes + estimate.WeightBytes));
    }

    [Fact]
    public void BytesPerClip_GrowsInProportionToTheFrames()
    {
        RunSpec spec = Presets.KerasPost.Spec;
        long of20 = Estimate(spec with { Data = spec.Data with { ClipLength = 20 } }).BytesPerClip;
        long of40 = Estimate(spec with { Data = spec.Data with { ClipLength = 40 } }).BytesPerClip;

        Assert.InRange(of40 / (double)of20, 1.99, 2.0);
    }

    [Fact]
    public void Recomputing_FewFramesAtOnce_NeedsLessForEachClipAndInAll()
    {
        RunSpec spec = Presets.KerasPost.Spec with { Training = new TrainingSpec { BatchSize = 32 } };
        MemoryEstimate all = Estimate(spec), few = Estimate(spec with { Resources = new ResourceSpec { RecomputeFrames = 64 } }), more = Estimate(spec with { Resources = new ResourceSpec { RecomputeFrames = 128 } });

        Assert.True(few.BytesPerClip < all.BytesPerClip / 2 && few.Bytes(32) < more.Bytes(32) && more.Bytes(32) < all.Bytes(32));
        Assert.InRange(more.RecomputedBytes / (double)few.RecomputedBytes, 1.99, 2.01);
    }

    [Fact]
    public void Bytes_OnAGpu_LeaveTheProcessOut()
    {
        RunSpec spec = Presets.QuickStart.Spec;

        Assert.True(Estimate(spec with { Resources = new ResourceSpec { Device = DeviceKind.Cpu } }).Bytes(1) - Estimate(spec with { Resources = new ResourceSpec { Device = DeviceKind.Cuda } }).Bytes(1) > 50 << 20);
    }

    private static MemoryEstimate Estimate(RunSpec spec) => MemoryEstimate.Of(ModelPlanner.Plan(spec, 101), spec);

    private static RunSpec WithBatch(RunSpec spec, int batch) => spec with { Training = spec.Training with { BatchSize = batch } };
}
