using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Checkpoints;

/// <summary>Weights of one model in another.</summary>
public sealed class WeightMatchTests
{
    private static readonly RunSpec Resnet = new()
    {
        Data = new DataSpec { ClipLength = 2, Width = 32, Height = 32 },
        Model = new ModelSpec { Backbone = new BackboneSpec { Network = BackboneNetwork.Resnet18 }, Sequence = new SequenceSpec { Hidden = 4 } },
    };

    [Fact]
    public void PublicNames_FillTheBackbone_AndTheRestBeginsAtRandom()
    {
        using var scope = NewDisposeScope();
        using var model = new LrcnModel(ModelPlanner.Plan(Resnet, 3));
        Dictionary<string, Tensor> weights = Public(model);
        weights["fc.weight"] = zeros(1000, 512);
        weights["fc.bias"] = zeros(1000);
        foreach (string counter in weights.Keys.Where(k => k.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToArray())
            weights.Remove(counter);

        WeightMatch match = WeightMatch.Of(model, weights);

        Assert.Null(match.Refusal);
        Assert.Equal(100, match.Taken.Count);
        Assert.All(match.Taken.Keys, name => Assert.StartsWith("cnn.", name, StringComparison.Ordinal));
        Assert.Equal(["lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0"], match.Missing);
        Assert.Equal(["fc.weight (there [1000, 512], here [3, 4])", "fc.bias (there [1000], here [3])"], match.Misshaped);
        Assert.Empty(match.Unused);
        Assert.Contains("4 begin at random, being missing there: lstm.weight_ih_l0", match.Report, StringComparison.Ordinal);

        ModelWeights.Take(model, match.Taken);
        Assert.True(model.get_parameter("cnn.layer3.0.downsample.0.weight")!.eq(0.25).all().item<bool>());
    }

    [Fact]
    public void ABackboneWithHoles_IsRefused_AndTheyAreListed()
    {
        using var scope = NewDisposeScope();
        using var model = new LrcnModel(ModelPlanner.Plan(Resnet, 3));
        Dictionary<string, Tensor> weights = Public(model);
        weights.Remove("layer2.0.conv1.weight");
        weights["conv1.weight"] = zeros(64, 1, 7, 7);
        weights["other.weight"] = zeros(1);

        string refusal = WeightMatch.Of(model, weights).Refusal!;

        Assert.Contains("2 are missing or of another shape: cnn.layer2.0.conv1.weight, cnn.conv1.weight (there [64, 1, 7, 7], here [64, 3, 7, 7])", refusal, StringComparison.Ordinal);
        Assert.Contains("1 are not in the model: other.weight", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void ACheckpoint_GivesItsBackboneToAModelWithAnotherSequence()
    {
        using var scope = NewDisposeScope();
        RunSpec single = SyntheticJob.SmallSpec with { Model = SyntheticJob.SmallSpec.Model with { Sequence = new SequenceSpec { Kind = SequenceKind.None, Readout = Readout.EveryStep } } };
        using var first = new SyntheticJob(single);
        first.Train();
        string best = first.Newest("best");

        var (weights, refusal) = InitialWeights.Read(best, SyntheticJob.SmallSpec, 3);

        using (weights)
        {
            Assert.Null(refusal);
            using Checkpoint from = Checkpoint.Read(best).Checkpoint!;
            Assert.Equal(["conv1.weight", "conv1.bias", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked"], weights!.Tensors.Keys);
            Assert.True(weights.Tensors["conv1.weight"].eq(from.Weights["conv1.weight"]).all().item<bool>());
            Assert.Contains("being of another shape there: fc.weight", weights.Report, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(BackboneNetwork.Resnet18)]
    [InlineData(BackboneNetwork.MobilenetV2)]
    [InlineData(BackboneNetwork.MobilenetV2Tf)]
    [InlineData(BackboneNetwork.Conv3d)]
    public void Describe_NamesTheNetworkThatAFileFits(BackboneNetwork network)
    {
        using var scope = NewDisposeScope();
        bool clips = ClipNetworks.Include(network);
        int side = KnownNetworks.SmallestFrame(network);
        var spec = new RunSpec
        {
            Data = new DataSpec { ClipLength = Math.Max(1, ClipNetworks.ShortestClip(network)), Width = side, Height = side },
            Model = new ModelSpec { Backbone = new BackboneSpec { Network = network }, Sequence = new SequenceSpec { Kind = clips ? SequenceKind.None : SequenceKind.Lstm, Hidden = 2 } },
        };
        using var model = new LrcnModel(ModelPlanner.Plan(spec, 2));
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7()}.safetensors");
        try
        {
            using (FileStream to = File.Create(path))
                SafetensorsWriter.Write(to, ModelWeights.Of(model), new Dictionary<string, string>());
            using FileStream from = File.OpenRead(path);
            WeightsSummary summary = WeightFormats.Describe(from);

            Assert.Equal([SpecField.Word(network)], summary.Networks);
            Assert.Equal(model.state_dict().Count, summary.Tensors.Count);
            Assert.Equal("float32", summary.Tensors[0].Type);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Dictionary<string, Tensor> Public(LrcnModel model) =>
        model.state_dict().Where(w => w.Key.StartsWith(KnownNetworks.Prefix, StringComparison.Ordinal)).ToDictionary(w => w.Key[KnownNetworks.Prefix.Length..], w => w.Value.is_floating_point() ? full_like(w.Value, 0.25) : w.Value);
}
