using CsCheck;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Models;

public sealed class LrcnModelTests
{
    [Fact]
    public void Model_OfAnySpec_HasThePlansParametersAndShapes()
    {
        Gen.Select(SpecGen.Any, Gen.Int[1, 5], Gen.Int[1, 3], Gen.Bool).Sample((spec, classes, batch, train) =>
        {
            using var scope = NewDisposeScope();
            ModelPlan plan = ModelPlanner.Plan(spec, classes);
            using var model = new LrcnModel(plan);
            model.train(train);

            Assert.Equal(plan.Parameters, model.parameters().Sum(p => p.numel()));
            Assert.Equal(plan.TrainableParameters, model.parameters().Where(p => p.requires_grad).Sum(p => p.numel()));
            model.Trace(rand([batch, .. plan.InputShape.Select(s => (long)s)]), (layer, output) =>
                Assert.Equal([batch, .. layer.OutputShape.Select(s => (long)s)], output.shape));
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void Parameters_OfQuickStart_HavePyTorchNames()
    {
        using var scope = NewDisposeScope();
        using var model = new LrcnModel(ModelPlanner.Plan(Presets.QuickStart.Spec, 8));

        Assert.Equal(
            [
                "conv1.weight", "conv1.bias", "bn1.weight", "bn1.bias", "conv2.weight", "conv2.bias", "bn2.weight", "bn2.bias",
                "conv3.weight", "conv3.bias", "bn3.weight", "bn3.bias",
                "lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0", "fc.weight", "fc.bias",
            ],
            model.named_parameters().Select(p => p.name));
        Assert.Equal(
            [
                "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked", "bn2.running_mean", "bn2.running_var", "bn2.num_batches_tracked",
                "bn3.running_mean", "bn3.running_var", "bn3.num_batches_tracked",
            ],
            model.named_buffers().Select(b => b.name));
    }

    [Fact]
    public void SharedDropout_OverTime_DropsTheSameFeaturesAtEveryStep()
    {
        using var scope = NewDisposeScope();
        RunSpec spec = new() { Data = new DataSpec { ClipLength = 6, Width = 16, Height = 16 }, Model = new ModelSpec { Lstm = new LstmSpec { Hidden = 4, InputDropout = 0.5 } } };
        using var model = new LrcnModel(ModelPlanner.Plan(spec, 3));
        Tensor? before = null, after = null;
        model.train();
        model.Trace(rand([2, 6, 3, 16, 16]), (layer, output) =>
        {
            if (layer is FeatureLayer)
                before = output.clone();
            if (layer is DropoutLayer)
                after = output.clone();
        });

        Tensor kept = after!.ne(0).any(1, keepdim: true); // [N, 1, F]
        Assert.True(kept.logical_not().any().item<bool>());
        Assert.True(after.allclose(before! * kept * 2));
    }

    [Fact]
    public void LastBatchNorm_OfOneValueAChannel_KeepsTraining()
    {
        using var scope = NewDisposeScope();
        RunSpec spec = new()
        {
            Data = new DataSpec { ClipLength = 1, Width = 8, Height = 8 },
            Model = new ModelSpec { Backbone = new BackboneSpec { Convolutions = [new() { Kernel = 8, Padding = Core.Specs.Padding.Valid }], Normalization = FrameNormalization.Batch } },
        };
        using var model = new LrcnModel(ModelPlanner.Plan(spec, 3));
        model.train();

        Assert.True(model.call(rand([1, 1, 3, 8, 8])).isfinite().all().item<bool>());
    }
}
