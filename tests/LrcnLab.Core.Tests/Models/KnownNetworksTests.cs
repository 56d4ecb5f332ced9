using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Models;

/// <summary>Parameter counts as torchvision 0.14 and the paper's released network have them.</summary>
public sealed class KnownNetworksTests
{
    [Theory]
    [InlineData(BackboneNetwork.Alexnet, BackboneOutput.Fc7, 4096, 61_100_840)]
    [InlineData(BackboneNetwork.Vgg11, BackboneOutput.Fc7, 4096, 132_863_336)]
    [InlineData(BackboneNetwork.Vgg16, BackboneOutput.Fc7, 4096, 138_357_544)]
    [InlineData(BackboneNetwork.Vgg16Bn, BackboneOutput.Fc7, 4096, 138_365_992)]
    [InlineData(BackboneNetwork.Vgg19, BackboneOutput.Fc7, 4096, 143_667_240)]
    [InlineData(BackboneNetwork.Resnet18, BackboneOutput.Pool, 512, 11_689_512)]
    [InlineData(BackboneNetwork.Resnet34, BackboneOutput.Pool, 512, 21_797_672)]
    [InlineData(BackboneNetwork.Resnet50, BackboneOutput.Pool, 2048, 25_557_032)]
    [InlineData(BackboneNetwork.MobilenetV2, BackboneOutput.Pool, 1280, 3_504_872)]
    public void Network_WithItsClassifierOfAThousand_HasThePublishedParameters(BackboneNetwork network, BackboneOutput output, int features, long parameters)
    {
        IReadOnlyList<PlanLayer> layers = KnownNetworks.Plan(network, output, [1, 3, 224, 224]);

        Assert.Equal([1, features], layers[^1].OutputShape);
        Assert.Equal(parameters, layers.Sum(l => l.Parameters) + (features + 1) * 1000L);
        Assert.Equal(layers.Count, layers.Select(l => l.Name).Distinct().Count());
    }

    [Theory]
    [InlineData(256, 65_421_285)]
    [InlineData(512, 70_428_901)]
    [InlineData(1024, 82_016_997)]
    public void PaperNetwork_AtFc6_HasTheReleasedParameters(int hidden, long parameters)
    {
        RunSpec spec = Paper(BackboneOutput.Fc6) with { };
        spec = spec with { Model = spec.Model with { Sequence = spec.Model.Sequence with { Hidden = hidden } } };

        // As Caffe counts: one bias a gate.
        Assert.Equal(parameters, ModelPlanner.Plan(spec, 101).TrainableParameters);
    }

    [Theory]
    [InlineData("lrcn-paper", 65_421_285)]
    [InlineData("lrcn-paper-flow", 82_016_997)]
    [InlineData("lrcn-released", 65_421_285)]
    [InlineData("single-frame", 78_132_965)]
    [InlineData("five-lrcn", 5_529_477)]
    [InlineData("five-conv3d", 34_120_165)]
    [InlineData("five-c3d", 82_603_877)]
    public void Preset_WithTheClassesOfUcf101_HasItsSourcesParameters(string preset, long parameters) =>
        Assert.Equal(parameters, ModelPlanner.Plan(Presets.Find(preset)!.Spec, 101).ParametersKeras);

    /// <summary>The source counts without the network that makes the features.</summary>
    [Theory]
    [InlineData("five-features-lstm", 34_663_525)]
    [InlineData("five-features-mlp", 42_258_021)]
    public void Preset_OnFeatures_HasItsSourcesParametersBehindThem(string preset, long parameters)
    {
        ModelPlan plan = ModelPlanner.Plan(Presets.Find(preset)!.Spec, 101);

        Assert.Equal(parameters, plan.Layers.Skip(plan.BackboneLayers).Sum(l => l.ParametersKeras));
        Assert.Equal(parameters, plan.TrainableParameters);
    }

    [Theory]
    [InlineData("layer2", "cnn.layer2.1")]
    [InlineData("layer2.0", "cnn.layer2.0")]
    [InlineData("cnn.layer4", "cnn.layer4.1")]
    [InlineData("bn1", "cnn.bn1")]
    [InlineData("layer22", null)]
    [InlineData("", null)]
    public void FrozenUpTo_TakesALayerOrABlock(string name, string? last)
    {
        var spec = new RunSpec { Data = new DataSpec { Width = 64, Height = 64 }, Model = new ModelSpec { Backbone = new BackboneSpec { Network = BackboneNetwork.Resnet18, Freeze = BackboneFreeze.UpTo, FreezeUpTo = name } } };

        if (last is null)
            Assert.Equal("model.backbone.freezeUpTo", Assert.Single(SpecReader.Validate(spec)).Path);
        else
            Assert.Equal(last, ModelPlanner.Plan(spec, 2) is var plan ? plan.Layers[plan.FrozenLayers - 1].Name : "");
    }

    [Fact]
    public void PaperNetwork_RoundsItsPoolsUp()
    {
        ModelPlan plan = ModelPlanner.Plan(Paper(BackboneOutput.Fc6), 101);

        Assert.Equal([111, 55, 26, 13, 13, 13, 13, 6], plan.Layers.Where(l => l is ConvolutionLayer or PoolLayer).Select(l => l.OutputShape[^1]));
        Assert.Equal([16, 13_824], plan.Layers.OfType<FeatureLayer>().Single().OutputShape);
    }

    [Theory]
    [InlineData(BackboneNetwork.Resnet18, 1.82e9)]
    [InlineData(BackboneNetwork.Vgg16, 15.47e9)]
    [InlineData(BackboneNetwork.MobilenetV2, 0.30e9)]
    public void Network_HasThePublishedWork(BackboneNetwork network, double multiplyAdds)
    {
        double flops = KnownNetworks.Plan(network, KnownNetworks.HasFullyConnected(network) ? BackboneOutput.Fc7 : BackboneOutput.Pool, [1, 3, 224, 224]).Sum(l => l.Flops);

        Assert.Equal(multiplyAdds, flops / 2, multiplyAdds * 0.02);
    }

    [Fact]
    public void EveryNetwork_ReachesItsEnd_FromItsSmallestFrame()
    {
        foreach (BackboneNetwork network in Enum.GetValues<BackboneNetwork>().Where(n => n != BackboneNetwork.Own))
        {
            int side = KnownNetworks.SmallestFrame(network), frames = ClipNetworks.ShortestClip(network);
            Assert.All(ClipNetworks.Include(network) ? ClipNetworks.Plan(network, BackboneOutput.Pool, [frames, 1, side, side]) : KnownNetworks.Plan(network, BackboneOutput.Pool, [2, 1, side, side]), l => Assert.All(l.OutputShape, size => Assert.True(size > 0, $"{network}: {l.Name} is [{string.Join(", ", l.OutputShape)}]")));
        }
    }

    private static RunSpec Paper(BackboneOutput output) => new()
    {
        Data = new DataSpec { ClipLength = 16, Width = 227, Height = 227 },
        Model = new ModelSpec
        {
            Backbone = new BackboneSpec { Network = BackboneNetwork.LrcnCaffe, Output = output, Dropout = 0.9 },
            Sequence = new SequenceSpec { Hidden = 256, Readout = Readout.EveryStep },
        },
    };
}
