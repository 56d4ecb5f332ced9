using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests;

public sealed class ModelPlannerTests
{
    [Theory]
    [InlineData(40, 80, 4_375_685, 4_377_733)]
    [InlineData(16, 112, 6_997_125, 6_999_173)]
    public void SeedModel_At101Classes_HasKerasParameters(int frames, int size, long keras, long pytorch)
    {
        RunSpec seed = Presets.KerasPost.Spec;
        ModelPlan plan = ModelPlanner.Plan(seed with { Data = seed.Data with { ClipLength = frames, Width = size, Height = size } }, 101);

        Assert.Equal(keras, plan.ParametersKeras);
        Assert.Equal(pytorch, plan.Parameters);
        Assert.Equal(keras, plan.TrainableParameters);
    }
}
