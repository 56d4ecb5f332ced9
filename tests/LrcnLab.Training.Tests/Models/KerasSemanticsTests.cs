using System.Text.Json;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Models;

public sealed class KerasSemanticsTests
{
    [Theory]
    [InlineData(GateFunction.Sigmoid, "sigmoid")]
    [InlineData(GateFunction.HardSigmoid, "hard_sigmoid")]
    public void Lstm_WithKerasWeights_GivesKerasStates(GateFunction gates, string expected)
    {
        using var scope = NewDisposeScope();
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "lstm-keras-torch.json")));
        JsonElement root = golden.RootElement;
        var lstm = new Recurrent(new RecurrentLayer("lstm", SequenceKind.Lstm, 3, 2, 1, false, 0, gates, [4, 2]));
        using (no_grad())
        {
            foreach (var (name, parameter) in lstm.Module.named_parameters())
            {
                string key = name.Replace("_l0", "", StringComparison.Ordinal);
                JsonElement value = root.EnumerateObject().Single(p => p.Name.Split(' ')[0] == $"torch_{key}").Value;
                parameter.copy_(Read(value));
            }
        }

        RecurrentOutput output = lstm.Run(Read(root.GetProperty("x")).unsqueeze(0), null);

        Tensor states = Read(root.GetProperty("expected").GetProperty(expected).GetProperty("h")); // [T, H]
        Assert.True(output.Steps.squeeze(0).allclose(states, rtol: 1e-5, atol: 1e-6));
        Assert.True(output.Final.squeeze(0).allclose(states[-1], rtol: 1e-5, atol: 1e-6));
    }

    [Fact]
    public void SamePadding_AtStrideTwo_PutsTheOddPixelAfterThePicture()
    {
        using var scope = NewDisposeScope();
        RunSpec spec = new() { Data = new DataSpec { ClipLength = 1, Width = 8, Height = 8 }, Model = new ModelSpec { Backbone = new BackboneSpec { Convolutions = [new() { Filters = 1, Kernel = 3, Stride = 2 }] } } };
        using var model = new LrcnModel(ModelPlanner.Plan(spec, 2));
        using (no_grad())
            model.get_parameter("conv1.weight")!.fill_(1);
        Tensor? convolved = null;
        model.Run(ones([1, 1, 3, 8, 8]), null, (layer, output) => convolved = layer is ConvolutionLayer ? output.clone() : convolved);

        // With (0, 1) padding only the last row and column touch the padding.
        float[] firstRow = convolved![0, 0, 0, 0].data<float>().ToArray();
        Assert.Equal([27f, 27f, 27f, 18f], firstRow);
    }

    [Fact]
    public void Initializers_OfTheSeedModel_FollowKeras()
    {
        using var scope = NewDisposeScope();
        using var _ = manual_seed(1);
        using var model = new LrcnModel(ModelPlanner.Plan(Presets.KerasPost.Spec, 101));

        Tensor heNormal = model.get_parameter("conv2.weight")!;
        Assert.InRange(heNormal.abs().max().item<float>(), 0.18f, 0.189476f);
        Assert.InRange(heNormal.std().item<float>(), 0.081f, 0.0855f);
        Tensor glorot = model.get_parameter("conv1.weight")!;
        float limit = (float)Math.Sqrt(6.0 / ((3 + 32) * 49));
        Assert.InRange(glorot.abs().max().item<float>(), 0.98f * limit, limit);
        Tensor recurrent = model.get_parameter("lstm.weight_hh_l0")!; // [4H, H]
        Assert.True(recurrent.t().mm(recurrent).allclose(eye(512), atol: 1e-4));
        Tensor bias = model.get_parameter("lstm.bias_ih_l0")!;
        Assert.Equal(512f, bias.sum().item<float>());
        Assert.Equal(512f, bias[TensorIndex.Slice(512, 1024)].sum().item<float>());
        Assert.False(model.get_parameter("lstm.bias_hh_l0")!.requires_grad);
        Assert.Equal(0f, model.get_parameter("fc.bias")!.abs().max().item<float>());
    }

    private static Tensor Read(JsonElement json) => json[0].ValueKind == JsonValueKind.Array
        ? stack(json.EnumerateArray().Select(Read))
        : tensor(json.EnumerateArray().Select(v => v.GetSingle()).ToArray());
}
