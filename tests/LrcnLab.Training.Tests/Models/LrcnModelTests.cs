using CsCheck;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Evaluation;
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
            model.Freeze(true);

            foreach (var (name, parameter) in model.named_parameters().Where(p => p.name.StartsWith("bn", StringComparison.Ordinal) || p.name.StartsWith("gn", StringComparison.Ordinal)))
                Assert.All(parameter.data<float>().ToArray(), v => Assert.Equal(name.EndsWith("weight", StringComparison.Ordinal) ? 1f : 0f, v));
            Assert.Equal(plan.Parameters, model.parameters().Sum(p => p.numel()));
            Assert.Equal(plan.TrainableParameters, model.parameters().Where(p => p.requires_grad).Sum(p => p.numel()));
            model.Run(rand([batch, .. plan.InputShape.Select(s => (long)s)]), null, (layer, output) =>
                Assert.Equal([batch, .. layer.OutputShape.Select(s => (long)s)], output.shape));
        }, iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(BackboneNetwork.LrcnCaffe)]
    [InlineData(BackboneNetwork.Alexnet)]
    [InlineData(BackboneNetwork.Vgg11Bn)]
    [InlineData(BackboneNetwork.Resnet18)]
    [InlineData(BackboneNetwork.Resnet50)]
    [InlineData(BackboneNetwork.MobilenetV2)]
    [InlineData(BackboneNetwork.MobilenetV2Tf)]
    [InlineData(BackboneNetwork.Conv3d)]
    [InlineData(BackboneNetwork.C3d)]
    public void Model_OfAKnownNetwork_HasThePlansParametersAndShapes(BackboneNetwork network)
    {
        using var scope = NewDisposeScope();
        bool clips = ClipNetworks.Include(network);
        int side = KnownNetworks.SmallestFrame(network);
        var spec = new RunSpec
        {
            Data = new DataSpec { ClipLength = Math.Max(2, ClipNetworks.ShortestClip(network)), Width = side + 3, Height = side },
            Model = new ModelSpec { Backbone = new BackboneSpec { Network = network }, Sequence = new SequenceSpec { Kind = clips ? SequenceKind.None : SequenceKind.Lstm, Hidden = 3 } },
        };
        Assert.Empty(SpecReader.Validate(spec));
        ModelPlan plan = ModelPlanner.Plan(spec, 5);
        using var model = new LrcnModel(plan);
        model.train();

        Assert.Equal(plan.Parameters, model.parameters().Sum(p => p.numel()));
        using (no_grad())
            model.Run(rand([2, .. plan.InputShape.Select(s => (long)s)]), null, (layer, output) => Assert.Equal([2, .. layer.OutputShape.Select(s => (long)s)], output.shape));
    }

    [Fact]
    public void FrozenLayers_HaveNoGradient_KeepTheirStatisticsAndDropNothing()
    {
        using var scope = NewDisposeScope();
        RunSpec spec = new()
        {
            Data = new DataSpec { ClipLength = 3, Width = 12, Height = 12 },
            Model = new ModelSpec
            {
                Backbone = new BackboneSpec { Convolutions = [new() { Filters = 4 }, new() { Filters = 4 }, new() { Filters = 4 }], Normalization = FrameNormalization.Batch, Freeze = BackboneFreeze.UpTo, FreezeUpTo = "relu2" },
                Sequence = new SequenceSpec { Hidden = 3 },
            },
        };
        using var model = new LrcnModel(ModelPlanner.Plan(spec, 2));
        model.Freeze(true);
        model.train();
        Tensor clips = rand([2, 3, 3, 12, 12]);
        model.call(clips).sum().backward();

        Assert.Equal(["conv3.weight", "conv3.bias", "bn3.weight", "bn3.bias"], model.named_parameters().Where(p => p.parameter.grad is not null && p.name[0] is 'c' or 'b').Select(p => p.name));
        Assert.Equal([0, 0, 1], model.named_buffers().Where(b => b.name.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Select(b => b.buffer.item<long>()));

        model.Freeze(false);
        model.call(clips).sum().backward();
        Assert.NotNull(model.get_parameter("conv1.weight")!.grad);
        Assert.False(model.get_parameter("lstm.bias_hh_l0")!.requires_grad);
        Assert.Equal([1, 1, 2], model.named_buffers().Where(b => b.name.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Select(b => b.buffer.item<long>()));
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
        RunSpec spec = new() { Data = new DataSpec { ClipLength = 6, Width = 16, Height = 16 }, Model = new ModelSpec { Sequence = new SequenceSpec { Hidden = 4, InputDropout = 0.5 } } };
        using var model = new LrcnModel(ModelPlanner.Plan(spec, 3));
        Tensor? before = null, after = null;
        model.train();
        model.Run(rand([2, 6, 3, 16, 16]), null, (layer, output) =>
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

    [Theory]
    [InlineData(SequenceKind.Lstm, false, GateFunction.Sigmoid)]
    [InlineData(SequenceKind.Lstm, true, GateFunction.Sigmoid)]
    [InlineData(SequenceKind.Gru, true, GateFunction.Sigmoid)]
    [InlineData(SequenceKind.Lstm, true, GateFunction.HardSigmoid)]
    [InlineData(SequenceKind.Gru, true, GateFunction.HardSigmoid)]
    [InlineData(SequenceKind.None, false, GateFunction.Sigmoid)]
    public void Clips_OfDifferentLengthsInOneBatch_GiveWhatEachGivesAlone(SequenceKind kind, bool bidirectional, GateFunction gates)
    {
        foreach (Readout readout in Enum.GetValues<Readout>().Where(r => r != Readout.All))
        {
            using var scope = NewDisposeScope();
            RunSpec spec = new()
            {
                Data = new DataSpec { ClipLength = 6, Width = 10, Height = 10, Sampling = ClipSampling.Variable },
                Model = new ModelSpec
                {
                    Backbone = new BackboneSpec { Convolutions = [new() { Filters = 4, Pool = 2 }], Normalization = FrameNormalization.Batch },
                    Sequence = new SequenceSpec { Kind = kind, Hidden = 5, Layers = 2, Bidirectional = bidirectional, Gates = gates, Readout = readout },
                },
            };
            using var model = new LrcnModel(ModelPlanner.Plan(spec, 3));
            model.eval();
            long[] lengths = [3, 6, 1, 5];
            Tensor clips = rand([4, 6, 3, 10, 10]), labels = tensor(new long[] { 0, 1, 2, 0 });

            Tensor together = model.Run(clips, lengths);
            Tensor loss = Outputs.Loss(together, labels, lengths), probabilities = Outputs.Probabilities(together, lengths);
            double lossAlone = 0;
            for (int i = 0; i < 4; i++)
            {
                Tensor alone = model.Run(clips[i].narrow(0, 0, lengths[i]).unsqueeze(0), null);
                Assert.True(Outputs.Probabilities(alone)[0].allclose(probabilities[i], rtol: 1e-4, atol: 1e-6));
                lossAlone += Outputs.Loss(alone, labels.narrow(0, i, 1)).item<float>() * (readout == Readout.EveryStep ? lengths[i] / 15.0 : 0.25);
            }

            Assert.Equal(lossAlone, loss.item<float>(), 1e-4);
        }
    }

    [Theory]
    [InlineData(SequenceKind.Lstm)]
    [InlineData(SequenceKind.Gru)]
    public void SteppedRecurrent_WithGatesThatNeverSaturate_AgreesWithLibtorchInItsShape(SequenceKind kind)
    {
        using var scope = NewDisposeScope();
        using var _ = manual_seed(4);
        var layer = new RecurrentLayer("r", kind, 3, 4, 2, Bidirectional: true, 0, GateFunction.Sigmoid, [5, 8]);
        var sigmoid = new Recurrent(layer);
        Tensor x = randn(2, 5, 3) * 0.05;

        // Near zero both gate functions are lines through 0.5 with slopes 0.25 and 0.2: the same network up to a few per cent.
        RecurrentOutput exact = sigmoid.Run(x, null), stepped = new SteppedRecurrent(layer, sigmoid.Module).Run(x, null);

        Assert.Equal(exact.Steps.shape, stepped.Steps.shape);
        Assert.True(stepped.Final.allclose(exact.Final, rtol: 0.1, atol: 0.01));
    }
}
