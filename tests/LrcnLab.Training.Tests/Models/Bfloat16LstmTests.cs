using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Models;

/// <summary>Against libtorch's LSTM in float32.</summary>
public sealed class Bfloat16LstmTests
{
    /// <summary>bfloat16 keeps 8 bits: 0.4 % of each factor, which partly cancels in sums.</summary>
    private const double Tolerance = 0.01;

    public static TheoryData<int, int, int, int, int, bool> Shapes => new()
    {
        { 8, 16, 96, 64, 1, false },
        { 1, 1, 1, 1, 1, false },
        { 3, 7, 13, 5, 1, true },
        { 2, 5, 33, 17, 2, true },
        { 5, 1, 20, 8, 3, false },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Run_InBfloat16_GivesStatesAndGradientsOfFloat32(int clips, int time, int features, int hidden, int layers, bool bidirectional)
    {
        using var scope = NewDisposeScope();
        manual_seed(clips + time);
        var recurrent = new Recurrent(new RecurrentLayer("lstm", SequenceKind.Lstm, features, hidden, layers, bidirectional, 0, GateFunction.Sigmoid, [time, hidden]));
        Tensor x = randn(clips, time, features);
        Tensor weights = randn(clips, time, hidden * (bidirectional ? 2 : 1)), final = randn(clips, hidden * (bidirectional ? 2 : 1));

        List<(string Name, Tensor Value)> single = Pass(false), half = Pass(true);

        Assert.Equal(single.Select(s => s.Name), half.Select(h => h.Name));
        Assert.NotEqual(single[0].Value.data<float>().ToArray(), half[0].Value.data<float>().ToArray());
        Assert.All(single.Zip(half), pair =>
        {
            double error = ((pair.First.Value - pair.Second.Value).norm() / (pair.First.Value.norm() + 1e-6)).item<float>();
            Assert.True(error < Tolerance, $"{pair.First.Name}: {error}");
        });

        List<(string Name, Tensor Value)> Pass(bool half)
        {
            recurrent.Module.zero_grad();
            Tensor input = x.clone().requires_grad_(true);
            var (steps, last) = recurrent.Run(input, null, half);
            ((steps * weights).sum() + (last * final).sum()).backward();
            return
            [
                ("steps", steps.detach()), ("final", last.detach()), ("input", input.grad!),
                .. recurrent.Module.named_parameters().Where(p => p.parameter.requires_grad).Select(p => (p.name, p.parameter.grad!.clone())),
            ];
        }
    }

    [Fact]
    public void Run_InBfloat16_IsTheSameTwiceAndLeavesNoTensorBehind()
    {
        var recurrent = new Recurrent(new RecurrentLayer("lstm", SequenceKind.Lstm, 24, 16, 1, false, 0, GateFunction.Sigmoid, [6, 16]));
        using Tensor x = randn(4, 6, 24);
        float[] first = Gradient();
        // What earlier tests left to the garbage collector goes at any time: less than before is no leak.
        long before = Tensor.TotalCount;
        for (int i = 0; i < 20; i++)
            Assert.Equal(first, Gradient());

        Assert.InRange(Tensor.TotalCount, 0, before);

        float[] Gradient()
        {
            using var scope = NewDisposeScope();
            recurrent.Module.zero_grad();
            recurrent.Run(x, null, half: true).Final.square().sum().backward();
            return [.. recurrent.Module.get_parameter("weight_hh_l0")!.grad!.data<float>()];
        }
    }
}
