using CsCheck;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Tests.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Models;

public sealed class ModelMemoryTests
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

        Assert.Equal(4 * 4_377_733L + (1 + states) * 4 * 4_375_685L, plan.FixedBytes(new OptimizerSpec { Kind = kind, Momentum = momentum }));
    }

    [Fact]
    public void LargestBatch_FitsAndOneMoreDoesNot() =>
        Gen.Select(AnySpec.Valid, Gen.Long[0, 100_000_000_000]).Sample(
            (spec, available) =>
            {
                ModelPlan plan = ModelPlanner.Plan(spec, 10);
                int batch = plan.LargestBatch(spec.Optimizer, available);
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

        Assert.Equal(0, plan.LargestBatch(Presets.KerasPost.Spec.Optimizer, 0));
        Assert.Equal(0, plan.LargestBatch(Presets.KerasPost.Spec.Optimizer, plan.FixedBytes(Presets.KerasPost.Spec.Optimizer)));
    }

    [Fact]
    public void BytesPerClip_GrowsInProportionToTheFrames()
    {
        RunSpec spec = Presets.KerasPost.Spec;
        long of20 = ModelPlanner.Plan(spec with { Data = spec.Data with { ClipLength = 20 } }, 101).BytesPerClip;
        long of40 = ModelPlanner.Plan(spec with { Data = spec.Data with { ClipLength = 40 } }, 101).BytesPerClip;

        Assert.InRange(of40 / (double)of20, 1.99, 2.0);
    }

    private static RunSpec WithBatch(RunSpec spec, int batch) => spec with { Training = spec.Training with { BatchSize = batch } };
}
