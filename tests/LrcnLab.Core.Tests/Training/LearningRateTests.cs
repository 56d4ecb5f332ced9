using CsCheck;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Tests.Specs;
using LrcnLab.Core.Training;
using Xunit;

namespace LrcnLab.Core.Tests.Training;

/// <summary>Base rate 0.1, 10 epochs of 20 steps: 200 steps in all.</summary>
public sealed class LearningRateTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(199)]
    [InlineData(10_000)]
    public void Constant_NeverChanges(long step) => Assert.Equal(0.1, At(new ScheduleSpec(), step));

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(50, 0.08535533905932738)]
    [InlineData(100, 0.05)]
    [InlineData(150, 0.014644660940672627)]
    [InlineData(200, 0)]
    [InlineData(5_000, 0)]
    public void Cosine_FallsToZeroAtTheEndAndStaysThere(long step, double expected) => Assert.Equal(expected, At(new ScheduleSpec { Kind = ScheduleKind.Cosine }, step), 15);

    [Fact]
    public void Cosine_AtTheLastStep_IsStillAboveZero() => Assert.InRange(At(new ScheduleSpec { Kind = ScheduleKind.Cosine }, 199), 1e-9, 1e-4);

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(79, 0.1)]
    [InlineData(80, 0.05)]
    [InlineData(159, 0.05)]
    [InlineData(160, 0.025)]
    public void Step_DropsByTheFactorEverySoManyEpochs(long step, double expected) =>
        Assert.Equal(expected, At(new ScheduleSpec { Kind = ScheduleKind.Step, StepEpochs = 4, StepFactor = 0.5 }, step), 15);

    /// <summary>Keras 2's <c>decay</c>: lr / (1 + decay x iterations).</summary>
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(100, 0.05)]
    [InlineData(300, 0.025)]
    public void InverseTime_DividesByOnePlusDecayTimesStep(long step, double expected) =>
        Assert.Equal(expected, At(new ScheduleSpec { Kind = ScheduleKind.InverseTime, Decay = 0.01 }, step), 15);

    [Theory]
    [InlineData(0, 0.025)]
    [InlineData(1, 0.05)]
    [InlineData(3, 0.1)]
    [InlineData(4, 0.1)]
    public void WarmUp_RisesInEqualStepsToTheFullRate(long step, double expected)
    {
        Assert.Equal(expected, At(new ScheduleSpec { WarmupSteps = 4 }, step), 15);
        Assert.Equal(expected, At(new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupSteps = 4 }, step), 15);
    }

    [Fact]
    public void Cosine_AfterWarmUp_ReachesHalfInTheMiddleOfTheRest() =>
        Assert.Equal(0.05, At(new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupSteps = 100 }, 150), 15);

    [Fact]
    public void WarmUp_LongerThanTheRun_OnlyRises() => Assert.Equal(0.1 * 200 / 1_000, At(new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupSteps = 1_000 }, 199), 15);

    [Fact]
    public void AnySchedule_AtAnyStep_StaysBetweenZeroAndTheBaseRate() =>
        Gen.Select(AnySpec.Valid, Gen.Long[0, 10_000_000], Gen.Int[1, 10_000]).Sample((spec, step, stepsPerEpoch) =>
        {
            double rate = LearningRate.At(spec, step, stepsPerEpoch);
            Assert.InRange(rate, 0, spec.Optimizer.LearningRate);
            Assert.Equal(rate, LearningRate.At(spec, step, stepsPerEpoch));
        }, iter: 1_000);

    private static double At(ScheduleSpec schedule, long step) =>
        LearningRate.At(new RunSpec { Schedule = schedule, Optimizer = new OptimizerSpec { LearningRate = 0.1 }, Training = new TrainingSpec { Epochs = 10 } }, step, stepsPerEpoch: 20);
}
