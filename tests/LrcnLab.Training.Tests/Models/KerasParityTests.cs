using System.Buffers.Binary;
using System.Text;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Evaluation;
using LrcnLab.Training.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Models;

/// <summary>
/// The seed model against what another implementation of Keras computed from the same weights and clips. More files of this form can be put into the folder that
/// <c>LRCNLAB_KERAS_REFERENCE</c> names: input [N, T, H, W, C], target, probabilities, loss, and weight/… and gradient/… of each layer.
/// </summary>
public sealed class KerasParityTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(
        Environment.GetEnvironmentVariable("LRCNLAB_KERAS_REFERENCE") is { Length: > 0 } folder ? folder : Path.Combine(AppContext.BaseDirectory, "keras-reference"), "*.safetensors")];

    [Theory]
    [MemberData(nameof(Files))]
    public void SeedModel_WithKerasWeights_GivesKerasProbabilitiesLossAndGradients(string file)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> reference = Read(file);
        ModelPlan plan = Plan(reference, file);
        using var model = new LrcnModel(plan);
        Assert.Null(ModelWeights.Load(model, KerasWeights.Convert(Part(reference, "weight/"), plan)));
        model.eval();

        Tensor logits = model.call(reference["input"].permute(0, 1, 4, 2, 3).contiguous());
        Tensor loss = Outputs.Loss(logits, reference["target"].argmax(1));
        loss.backward();

        Assert.InRange(Distance(Outputs.Probabilities(logits), reference["probabilities"]), 0, 1e-5);
        Assert.Equal(reference["loss"].item<float>(), loss.item<float>(), 1e-5f);
        Dictionary<string, Tensor> gradients = KerasWeights.Convert(Part(reference, "gradient/"), plan);
        foreach (var (name, parameter) in model.named_parameters().Where(p => p.parameter.requires_grad))
            Assert.InRange(Distance(parameter.grad!, gradients[name]) / gradients[name].abs().max().item<float>(), 0, 1e-4);
    }

    [Fact]
    public void InitialWeights_OfAFileWithKerasNames_AreTurnedAndFitTheModel()
    {
        using var scope = NewDisposeScope();
        RunSpec spec = Presets.KerasPost.Spec with { Data = Presets.KerasPost.Spec.Data with { ClipLength = 2, Width = 32, Height = 32 }, Model = Presets.KerasPost.Spec.Model with { Backbone = new BackboneSpec { Convolutions = [new() { Filters = 4, Pool = 2 }] }, Sequence = new SequenceSpec { Hidden = 3 } } };
        var keras = new (string Name, Tensor Value)[] { ("conv1/kernel", rand(3, 3, 3, 4)), ("conv1/bias", rand(4)), ("lstm/kernel", rand(16 * 16 * 4, 12)), ("lstm/recurrent_kernel", rand(3, 12)), ("lstm/bias", rand(12)), ("dense/kernel", rand(3, 5)), ("dense/bias", rand(5)) };
        string file = Path.GetTempFileName();
        try
        {
            using (FileStream stream = File.OpenWrite(file))
                SafetensorsWriter.Write(stream, keras, new Dictionary<string, string>());
            var (weights, refusal) = InitialWeights.Read(file, spec, classes: 5);
            using (weights)
            {
                Assert.Null(refusal);
                Assert.Contains("Keras weights", weights!.Report, StringComparison.Ordinal);
                Assert.Equal(0, Distance(weights.Tensors["fc.weight"], keras[5].Value.t()));
            }

            Assert.Contains("dense/kernel has the shape", InitialWeights.Read(file, spec, classes: 6).Refusal, StringComparison.Ordinal);
            File.WriteAllText(file, "no tensors");
            Assert.Contains("cannot be used", InitialWeights.Read(file, spec, classes: 5).Refusal, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Contains("cannot be used", InitialWeights.Read(file, spec, classes: 5).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_OfAMissingOrMisshapenTensor_NamesIt()
    {
        using var scope = NewDisposeScope();
        ModelPlan plan = ModelPlanner.Plan(Presets.KerasPost.Spec, 5);
        var weights = new Dictionary<string, Tensor> { ["conv1/kernel"] = zeros(7, 7, 3, 31) };

        Assert.Contains("conv1/kernel has the shape [7, 7, 3, 31], expected [7, 7, 3, 32]", Assert.Throws<InvalidDataException>(() => KerasWeights.Convert(weights, plan)).Message, StringComparison.Ordinal);
        weights["conv1/kernel"] = zeros(7, 7, 3, 32);
        Assert.Contains("no conv1/bias", Assert.Throws<InvalidDataException>(() => KerasWeights.Convert(weights, plan)).Message, StringComparison.Ordinal);
        Assert.Contains("bn1", Assert.Throws<InvalidDataException>(() => KerasWeights.Convert(Any(weights), ModelPlanner.Plan(Presets.QuickStart.Spec, 8))).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Any(Dictionary<string, Tensor> weights) => new(weights) { ["conv1/kernel"] = zeros(5, 5, 1, 16), ["conv1/bias"] = zeros(16) };

    private static double Distance(Tensor a, Tensor b) => (a - b).abs().max().item<float>();

    private static Dictionary<string, Tensor> Part(Dictionary<string, Tensor> tensors, string prefix) =>
        tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);

    private static Dictionary<string, Tensor> Read(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return SafetensorsReader.Read(stream, stream.Length);
    }

    /// <summary>The seed preset with the sizes of the reference.</summary>
    private static ModelPlan Plan(Dictionary<string, Tensor> reference, string file)
    {
        long[] input = reference["input"].shape;
        RunSpec seed = Presets.KerasPost.Spec;
        byte[] bytes = File.ReadAllBytes(file);
        bool hard = Encoding.UTF8.GetString(bytes, 8, (int)BinaryPrimitives.ReadInt64LittleEndian(bytes)).Replace(' ', '_').Contains("hard_sigmoid", StringComparison.Ordinal);
        return ModelPlanner.Plan(
            seed with
            {
                Data = seed.Data with { ClipLength = (int)input[1], Height = (int)input[2], Width = (int)input[3], Color = input[4] == 3 ? ColorMode.Rgb : ColorMode.Gray },
                Model = seed.Model with
                {
                    Backbone = seed.Model.Backbone with { Convolutions = [.. seed.Model.Backbone.Convolutions.Select((c, i) => c with { Filters = (int)reference[$"weight/conv{i + 1}/bias"].shape[0] })] },
                    Sequence = seed.Model.Sequence with { Hidden = (int)reference["weight/lstm/recurrent_kernel"].shape[0], Gates = hard ? GateFunction.HardSigmoid : GateFunction.Sigmoid },
                },
            },
            (int)reference["target"].shape[1]);
    }
}
