using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

public sealed class SpecRulesTests
{
    [Fact]
    public void ValidKernel_LargerThanWhatReachesIt_IsNamed()
    {
        SpecProblem problem = Assert.Single(SpecRules.Check(With(16, 12, new() { Pool = 2 }, new() { Kernel = 7, Padding = Padding.Valid })));

        Assert.Equal("model.backbone.convolutions[1].kernel", problem.Path);
        Assert.Contains("8x6 px", problem.Message, StringComparison.Ordinal);
        Assert.Contains("at most 6", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValidKernel_ExactlyAsLargeAsTheFrame_IsAllowed() => Assert.Empty(SpecRules.Check(With(8, 8, new ConvolutionSpec { Kernel = 8, Padding = Padding.Valid })));

    [Fact]
    public void SameKernel_LargerThanTheFrame_IsAllowed() => Assert.Empty(SpecRules.Check(With(8, 8, new ConvolutionSpec { Kernel = 15 })));

    [Fact]
    public void Pool_LargerThanWhatReachesIt_IsNamed()
    {
        SpecProblem problem = Assert.Single(SpecRules.Check(With(8, 32, new() { Stride = 2, Pool = 4 }, new() { Pool = 2 })));

        Assert.Equal("model.backbone.convolutions[1].pool", problem.Path);
        Assert.Contains("1x4 px", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InverseTimeSchedule_WithoutDecay_IsNamed()
    {
        var spec = new RunSpec { Schedule = new ScheduleSpec { Kind = ScheduleKind.InverseTime } };

        Assert.Equal("schedule.decay", Assert.Single(SpecReader.Validate(spec)).Path);
        Assert.Empty(SpecReader.Validate(spec with { Schedule = spec.Schedule with { Decay = 1e-6 } }));
    }

    private static RunSpec With(int width, int height, params ConvolutionSpec[] convolutions) => new()
    {
        Data = new DataSpec { Width = width, Height = height },
        Model = new ModelSpec { Backbone = new BackboneSpec { Convolutions = convolutions } },
    };
}
