using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Evaluation;
using LrcnLab.Training.Models;
using LrcnLab.Training.Optimization;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Optimization;

public sealed class ModelOptimizerTests
{
    [Theory]
    [InlineData(OptimizerKind.Adam, 1e-2)]
    [InlineData(OptimizerKind.AdamW, 1e-2)]
    [InlineData(OptimizerKind.RmsProp, 1e-3)]
    [InlineData(OptimizerKind.Sgd, 1e-1)]
    public void Steps_OfAnyMethod_ReduceTheLossAndLeaveTheSecondBias(OptimizerKind kind, double rate)
    {
        using var scope = NewDisposeScope();
        using Generator seed = manual_seed(3);
        using var model = new LrcnModel(ModelPlanner.Plan(SyntheticJob.SmallSpec, 3));
        using var optimizer = new ModelOptimizer(new OptimizerSpec { Kind = kind }, model);
        Tensor clips = randn([6, 4, 1, 8, 12]), labels = tensor(new long[] { 0, 1, 2, 0, 1, 2 });
        model.eval();
        var losses = new List<float>();
        for (int i = 0; i < 30; i++)
        {
            optimizer.ZeroGradients();
            Tensor loss = Outputs.Loss(model.call(clips), labels);
            loss.backward();
            optimizer.Step(rate, i);
            losses.Add(loss.item<float>());
        }

        Assert.True(losses[^1] < 0.5 * losses[0], $"from {losses[0]} to {losses[^1]}");
        Assert.Equal(0f, model.get_parameter("lstm.bias_hh_l0")!.abs().max().item<float>());
    }

    [Fact]
    public void WeightDecay_WithoutGradients_ShrinksKernelsOnly()
    {
        using var scope = NewDisposeScope();
        using var model = new LrcnModel(ModelPlanner.Plan(SyntheticJob.SmallSpec, 3));
        using var optimizer = new ModelOptimizer(new OptimizerSpec { Kind = OptimizerKind.AdamW, WeightDecay = 0.5 }, model);
        Tensor kernel = model.get_parameter("conv1.weight")!.clone(), bias = model.get_parameter("lstm.bias_ih_l0")!.clone(), norm = model.get_parameter("bn1.weight")!.clone();
        model.call(randn([2, 4, 1, 8, 12])).sum().mul(0).backward();
        optimizer.Step(0.1, 0);

        Assert.True(model.get_parameter("conv1.weight")!.allclose(kernel * 0.95));
        Assert.True(model.get_parameter("lstm.bias_ih_l0")!.allclose(bias, 0, 0));
        Assert.True(model.get_parameter("bn1.weight")!.allclose(norm, 0, 0));
    }

    [Fact]
    public void ClipGradients_AboveTheLimit_ReturnsTheNormBeforeAndShortens()
    {
        using var scope = NewDisposeScope();
        using var model = new LrcnModel(ModelPlanner.Plan(SyntheticJob.SmallSpec, 3));
        using var optimizer = new ModelOptimizer(new OptimizerSpec(), model);
        model.call(randn([2, 4, 1, 8, 12])).sum().mul(1000).backward();

        double before = optimizer.ClipGradients(0, 0);
        Assert.Equal(before, optimizer.ClipGradients(2, 0), before * 1e-5);
        Assert.True(before > 2);
        Assert.Equal(2, optimizer.ClipGradients(0, 0), 1e-3);
    }

    [Fact]
    public void Rates_OfParts_MultiplyTheUpdate()
    {
        using var scope = NewDisposeScope();
        using var model = new LrcnModel(ModelPlanner.Plan(SyntheticJob.SmallSpec, 3));
        using var optimizer = new ModelOptimizer(new OptimizerSpec { Kind = OptimizerKind.Sgd, Momentum = 0, BackboneRate = 0.5, HeadRate = 10, BiasRate = 2 }, model);
        var before = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.clone());
        foreach (var (_, parameter) in model.named_parameters().Where(p => p.parameter.requires_grad))
            parameter.grad = ones_like(parameter);

        optimizer.Step(0.01, 0);

        foreach (var (name, factor) in new[] { ("conv1.weight", 0.5), ("conv1.bias", 1), ("bn1.weight", 0.5), ("bn1.bias", 1), ("lstm.weight_ih_l0", 1), ("lstm.bias_ih_l0", 2), ("fc.weight", 10), ("fc.bias", 20), ("lstm.bias_hh_l0", 0) })
            Assert.Equal(0.01 * factor, (before[name] - model.get_parameter(name)!).mean().item<float>(), 1e-5);
    }
}
